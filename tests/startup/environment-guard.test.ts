import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { type StoreUrls, urlProblems } from "../../db/startup/environment-guard";
import { launchStartup } from "./startup-process";

const neutral: StoreUrls = {
  DATABASE_URL: "postgres://netra:hunter2@db.example.com/netra",
  CLICKHOUSE_URL: "https://netra:hunter2@calls.example.com:8443/netra",
  UPSTASH_REDIS_REST_URL: "https://cache.example.com",
};

/** What a URL looks like → what it says. */
const looks: Record<
  string,
  { says: "nothing" | "production" | "development or test"; of: Partial<StoreUrls> }
> = {
  "neutral names": { says: "nothing", of: {} },
  loopback: {
    says: "nothing",
    of: {
      DATABASE_URL: "postgres://netra:hunter2@127.0.0.1:5432/netra",
      CLICKHOUSE_URL: "http://localhost:8123/netra",
      UPSTASH_REDIS_REST_URL: "http://[::1]:8079",
    },
  },
  "words that only contain one": {
    says: "nothing",
    of: {
      DATABASE_URL: "postgres://latest:hunter2@products.contest.example.com/reproduction_devices",
    },
  },
  "the top-level domain .dev": {
    says: "nothing",
    of: { DATABASE_URL: "postgres://a:hunter2@db.netra.dev/netra" },
  },
  "production host": {
    says: "production",
    of: { DATABASE_URL: "postgres://netra:hunter2@netra-prod.example.com/netra" },
  },
  "production as a label": {
    says: "production",
    of: { CLICKHOUSE_URL: "https://netra:hunter2@calls.production.example.com/netra" },
  },
  "production Redis": {
    says: "production",
    of: { UPSTASH_REDIS_REST_URL: "https://prod-cache-31.example.com" },
  },
  "production database": {
    says: "production",
    of: { DATABASE_URL: "postgres://netra:hunter2@db.example.com/netra_production" },
  },
  "production database behind a tunnel": {
    says: "production",
    of: { DATABASE_URL: "postgres://netra:hunter2@127.0.0.1:6000/netra_prod" },
  },
  "production user": {
    says: "production",
    of: { CLICKHOUSE_URL: "https://netraProd:hunter2@calls.example.com/netra" },
  },
  "numbered production": {
    says: "production",
    of: { DATABASE_URL: "postgres://netra:hunter2@prod2.example.com/netra" },
  },
  "production in a parameter": {
    says: "production",
    of: {
      DATABASE_URL: "postgres://netra:hunter2@db.example.com/netra?options=endpoint%3Dep-prod-1",
    },
  },
  "development host": {
    says: "development or test",
    of: { DATABASE_URL: "postgres://netra:hunter2@dev.example.com/netra" },
  },
  "development database": {
    says: "development or test",
    of: { CLICKHOUSE_URL: "https://netra:hunter2@calls.example.com/netra_development" },
  },
  "test user": {
    says: "development or test",
    of: { DATABASE_URL: "postgres://netra-test:hunter2@db.example.com/netra" },
  },
  "test host": {
    says: "development or test",
    of: { UPSTASH_REDIS_REST_URL: "https://test.cache.example.com" },
  },
};

const environments = ["development", "test", "production"] as const;

describe("the look of a URL", () => {
  const cases = Object.entries(looks).flatMap(([look, { says, of }]) =>
    environments.map((environment) => ({
      look,
      environment,
      urls: { ...neutral, ...of },
      refused:
        says === "production"
          ? environment !== "production"
          : says === "development or test" && environment === "production",
      variables: Object.keys(of),
    })),
  );

  it.each(cases)(
    "$look, in $environment: refused is $refused",
    ({ environment, urls, refused, variables }) => {
      const problems = urlProblems(environment, urls);
      expect(problems).toHaveLength(refused ? 1 : 0);
      if (!refused) return;
      const [variable = ""] = variables;
      expect(problems[0]).toContain(variable);
      expect(problems[0]).toContain(new URL(urls[variable as keyof StoreUrls]).hostname);
      expect(problems[0]).not.toMatch(/hunter2|netra_|netraProd|netra-test|ep-prod/);
    },
  );

  it("names every URL that speaks against the environment at once", () => {
    const problems = urlProblems("test", {
      DATABASE_URL: "postgres://a@prod.example.com/a",
      CLICKHOUSE_URL: "https://prod.example.com",
      UPSTASH_REDIS_REST_URL: "https://prod.example.com",
    });
    expect(problems).toHaveLength(3);
  });

  it.each([
    { environment: "development", user: "production" },
    { environment: "test", user: "prod" },
    { environment: "production", user: "test" },
  ])("is judged before any connection: $user in $environment", async ({ environment, user }) => {
    let connections = 0;
    const listener = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    const address = listener.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const { code, output } = await launchStartup({
      NETRA_ENV: environment,
      DATABASE_URL: `postgres://${user}:hunter2@127.0.0.1:${port}/netra`,
      CLICKHOUSE_URL: `http://127.0.0.1:${port}/netra`,
      UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${port}`,
      UPSTASH_REDIS_REST_TOKEN: "hunter2",
      APP_ORIGIN: "http://127.0.0.1",
      ROOMS_URL: "http://127.0.0.1",
      ROOM_TICKET_SECRET: "a secret of at least thirty-two characters",
    }).ended;
    await new Promise((resolve) => listener.close(resolve));
    expect(code).toBe(2);
    expect(output).toContain("127.0.0.1");
    expect(output).not.toContain("hunter2");
    expect(connections).toBe(0);
  });
});
