import { describe, expect, it } from "vitest";
import { drainedBody } from "../../app/datasets/drained-body";

/** A body of five chunks that remembers how far it was read and whether it was broken off. */
function upload() {
  const seen = { read: 0, cancelled: false };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (seen.read === 5) return controller.close();
        seen.read += 1;
        controller.enqueue(new Uint8Array([seen.read]));
      },
      cancel() {
        seen.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, seen };
}

describe("a body whose reader stops early", () => {
  it("is read to its end before the answer, and never broken off", async () => {
    const { body, seen } = upload();
    const drained = drainedBody(body);
    for await (const bytes of drained.stream) if (bytes[0] === 2) break;
    expect(seen.read).toBe(2);
    await drained.drain();
    expect(seen).toEqual({ read: 5, cancelled: false });
  });

  it("gives all of itself to a reader that goes on", async () => {
    const drained = drainedBody(upload().body);
    const all: number[] = [];
    for await (const bytes of drained.stream) all.push(...bytes);
    expect(all).toEqual([1, 2, 3, 4, 5]);
    await drained.drain();
  });

  it("says to its reader when the upload breaks, and drains without a complaint", async () => {
    const broken = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error("connection reset")),
    });
    const drained = drainedBody(broken);
    await expect(drained.stream.getReader().read()).rejects.toThrow("connection reset");
    await drained.drain();
  });

  it("is empty when there is none", async () => {
    const { done } = await drainedBody(null).stream.getReader().read();
    expect(done).toBe(true);
  });
});
