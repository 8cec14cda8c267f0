import { describe, expect, it } from "vitest";
import { startTestEngines } from "../embedded/support";
import { postgresCases } from "./postgres-cases";

const only = { clickhouse: false, redis: false };

describe("the embedded PostgreSQL behind the Neon endpoint", () => {
  postgresCases(() => startTestEngines({ only }));

  it("yields the URL form that clients expect", async () => {
    const engines = await startTestEngines({ only });
    expect(engines.env).toEqual({
      DATABASE_URL: expect.stringMatching(/^postgres:\/\/netra:[\w-]{32}@127\.0\.0\.1:\d+\/netra$/),
    });
    await engines.stop();
  });
});
