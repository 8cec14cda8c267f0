import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { importCalls } from "../../db/ingest";
import { fileStream } from "../../party/cli/file-stream";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "netra-stream-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const read = (path: string) =>
  importCalls(fileStream(path), { importId: "stream", fileName: "calls.csv" }, async () => {});

it("ends quietly when the reader has seen enough of a file", async () => {
  const path = join(folder, "columns.csv");
  const names = Array.from({ length: 400_000 }, (_, index) => `column_${index}`);
  await writeFile(path, `${names.join(",")}\n1\n`);
  // The defect this guards against threw outside every promise, about every second time.
  for (let time = 0; time < 10; time += 1) {
    expect((await read(path)).problem?.code).toBe("header-too-long");
  }
});

it("gives every byte, and says when the file cannot be read", async () => {
  const path = join(folder, "calls.csv");
  const rows = Array.from(
    { length: 9_000 },
    (_, index) => `2026-01-01T00:00:00Z,gpt-4o,${index},1`,
  );
  await writeFile(path, `timestamp,model,input_tokens,output_tokens\n${rows.join("\n")}\n`);
  expect(await read(path)).toMatchObject({
    rowsAccepted: 9_000,
    inputTokens: (8_999 * 9_000) / 2,
  });
  await expect(read(join(folder, "absent.csv"))).rejects.toThrow("Reading the file failed");
});
