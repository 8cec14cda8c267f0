import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type HeldPort, holdPort, PortTakenError } from "../../scripts/ports";
import { freePort } from "../support/web-server";

const held: HeldPort[] = [];
afterEach(() => Promise.all(held.splice(0).map((one) => one.release())));

async function hold(env: Record<string, string>, preferred = 3000): Promise<number> {
  const one = await holdPort(env, "PORT", preferred);
  held.push(one);
  return one.port;
}

describe("a port of the product", () => {
  it("belongs to nobody else from the moment it was chosen until it is released", async () => {
    const port = await freePort();
    expect(await hold({ PORT: String(port) })).toBe(port);
    const refused = hold({ PORT: String(port) });
    await expect(refused).rejects.toThrow(PortTakenError);
    await expect(refused).rejects.toThrow(`Port ${port} is taken by another program.`);
    const another = createServer();
    another.listen(port, "127.0.0.1");
    const [error] = await once(another, "error");
    expect(error).toMatchObject({ code: "EADDRINUSE" });

    await held[0]?.release();
    another.listen(port, "127.0.0.1");
    await once(another, "listening");
    another.close();
  });

  it("is the next free one where none was asked for", async () => {
    const port = await freePort();
    const first = await hold({}, port);
    const second = await hold({}, port);
    expect(first).toBeGreaterThanOrEqual(port);
    expect(second).toBeGreaterThan(first);
  });
});
