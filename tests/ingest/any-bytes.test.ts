import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { importReceiptSchema, inspectFile } from "../../db/ingest";
import { csvCells } from "../../db/ingest/csv-cells";
import { HEADER, importText, row } from "./import-support";

const seed = Number(process.env.FC_SEED ?? Date.now() % 2 ** 31);
process.stdout.write(`fast-check seed ${seed} (set FC_SEED to repeat)\n`);
const check = { seed, numRuns: 300 };

/** Text that is nearly a log: the pieces that matter to the readers, in any order. */
const nearlyCsv = fc
  .array(
    fc.constantFrom(
      HEADER,
      row(1, 2),
      row(-1, 2),
      "\n",
      "\r\n",
      ",",
      '"',
      '""',
      "x",
      "\u0000",
      "é",
      "\uFEFF",
      "2024-05-31",
      "\t",
      ";",
    ),
    { maxLength: 60 },
  )
  .map((pieces) => `${HEADER}\n${pieces.join("")}`);
const nearlyJson = fc
  .array(
    fc.constantFrom(
      '{"time":1717149600,"input_tokens":3,"output_tokens":4}',
      '{"time":1717149600,"usage":{"input_tokens":3},"output_tokens":null}',
      "{",
      "}",
      "[",
      "]",
      ",",
      '"',
      "\\",
      "\n",
      "null",
      "1e999",
      '{"time":1717149600,"input_tokens":3,"output_tokens":4,"user":"\\u0000","tags":{"a\\ud800":"b\\u0000"},"latency\\u0000":1}',
      '{"__proto__":{"a":1},"time":"x"}',
    ),
    { maxLength: 40 },
  )
  .chain((pieces) => fc.constantFrom(`{"time":1}\n${pieces.join("")}`, `[${pieces.join("")}`));

describe("any bytes", { timeout: 60_000 }, () => {
  it.each([
    ["random bytes", fc.uint8Array({ maxLength: 5000 })],
    ["random text", fc.string({ unit: "binary", maxLength: 500 })],
    ["a header and random text", fc.string({ maxLength: 500 }).map((text) => `${HEADER}\n${text}`)],
    ["nearly CSV", nearlyCsv],
    ["nearly JSON", nearlyJson],
    [
      "JSON values",
      fc.array(fc.jsonValue()).map((rows) => rows.map((r) => JSON.stringify(r)).join("\n")),
    ],
  ] as Array<[string, fc.Arbitrary<string | Uint8Array>]>)(
    "%s end with a receipt whose rows add up",
    async (_, content) => {
      await fc.assert(
        fc.asyncProperty(content, async (bytes) => {
          const { receipt, calls } = await importText(bytes);
          const stored = JSON.stringify(receipt);
          importReceiptSchema.parse(JSON.parse(stored));
          // Postgres refuses these in JSON; the backslash before is one that JSON itself escaped.
          expect(stored).not.toMatch(/(?<!\\)\\u(?:0000|d[89a-f])/i);
          expect(JSON.stringify(calls)).not.toMatch(/(?<!\\)\\u(?:0000|d[89a-f])/i);
          expect(receipt.rowsAccepted + receipt.rowsRejected).toBe(receipt.rowsRead);
          expect(receipt.rowsAccepted).toBe(calls.length);
          expect(receipt.rejectedBy.reduce((sum, { count }) => sum + count, 0)).toBe(
            receipt.rowsRejected,
          );
          expect(receipt.inputTokens).toBe(calls.reduce((sum, call) => sum + call.inputTokens, 0));
          if (calls.length === 0) expect(receipt.state).toBe("failed");
          inspectFile(typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes, "f");
        }),
        check,
      );
    },
  );
});

describe("any values", { timeout: 60_000 }, () => {
  it("written as CSV come back as they were", async () => {
    const quote = (value: string) => `"${value.replaceAll('"', '""')}"`;
    const value = fc
      .string({ unit: "grapheme", maxLength: 40 })
      .filter((text) => !/[\p{Cc}\p{Cs}]/u.test(text.replaceAll(/[\n\r\t]/g, "")));
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 30 }), async (values) => {
        const text = values.map((entry) => `${row(1, 2)},${quote(entry)}\n`).join("");
        const { receipt, calls } = await importText(`${HEADER},feature\n${text}`);
        expect(receipt.rejections).toEqual([]);
        expect(calls.map(({ feature }) => feature)).toEqual(values.map((entry) => entry.trim()));
      }),
      check,
    );
  });

  it("rows without a quote are split as the CSV parser splits them", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        fc.pre(text !== "" && !/["\n\r]/.test(text));
        expect(csvCells([text], ",")).toEqual(parse(text, { relax_column_count: true }));
      }),
      check,
    );
  });
});
