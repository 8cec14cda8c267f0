import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { bodyPieces } from "../../party/adapters/model/body-pieces";
import { systemClock } from "../../party/ports/clock";

const alive = ": alive\n\n";
const token = `data: {"choices":[{"delta":{"content":"four "}}]}\n\n`;

/** The pieces in which a body is read whose chunks are written so far apart that each is sent by itself. */
async function piecesOf(chunks: readonly string[]): Promise<string[]> {
  const server = createServer(async (_, response) => {
    for (const chunk of chunks) {
      response.write(chunk);
      await systemClock.sleep(30);
    }
    response.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const { port } = server.address() as AddressInfo;
    const { body } = await fetch(`http://127.0.0.1:${port}`);
    if (!body) throw new Error("No body");
    const pieces = bodyPieces(body);
    const read: string[] = [];
    for (let piece = await pieces.next(); piece; piece = await pieces.next()) {
      read.push(new TextDecoder().decode(piece));
    }
    return read;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

it("hands out each sign of life while a model has said nothing yet", async () => {
  expect(await piecesOf([alive, alive, token])).toEqual([alive, alive, token]);
});

it("hands out each token as it comes, and what is short with what follows or at the end", async () => {
  const done = "data: [DONE]\n\n";
  const chunks = [token, token, alive, token, done];
  expect(await piecesOf(chunks)).toEqual([token, token, alive + token, done]);
});

it("keeps every byte of a body that is larger than what is read at once", async () => {
  const chunks = Array.from({ length: 5 }, (_, index) => String(index).repeat(10_000));
  expect((await piecesOf(chunks)).join("")).toBe(chunks.join(""));
});
