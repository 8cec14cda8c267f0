import { describe, expect, it } from "vitest";
import { IMPORT_LIMITS, importCalls, inspectFile } from "../../db/ingest";
import { HEADER, importText, NOW, row, streamOf } from "./import-support";

const bytes = (text: string) => new TextEncoder().encode(text);

/** Both doors must tell the same. */
async function problemOf(content: string | Uint8Array) {
  const { receipt, calls } = await importText(content);
  const inspected = inspectFile(typeof content === "string" ? bytes(content) : content, "f");
  expect(receipt.state).toBe("failed");
  expect(calls).toEqual([]);
  expect(inspected.problems.map(({ code }) => code)).toEqual([receipt.problem?.code]);
  expect(receipt.problem?.hint).not.toBe("");
  return receipt.problem?.code;
}

describe("a file that cannot be read at all", () => {
  it.each<[string, string | Uint8Array, string]>([
    ["empty", "", "empty-file"],
    ["only blanks", "\n  \r\n", "empty-file"],
    ["only a byte-order mark", new Uint8Array([0xef, 0xbb, 0xbf]), "empty-file"],
    ["a header alone", `${HEADER}\n`, "header-only"],
    ["a header without line end", HEADER, "header-only"],
    ["random bytes", Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251), "not-text"],
    ["UTF-16 with a mark", new Uint8Array([0xff, 0xfe, 0x61, 0, 0x2c, 0]), "utf-16"],
    [
      "UTF-16 without one",
      Uint8Array.from(HEADER.split("").flatMap((c) => [0, c.charCodeAt(0)])),
      "utf-16",
    ],
    ["a gzip archive", new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0]), "packed-file"],
    ["an Excel workbook", new Uint8Array([0x50, 0x4b, 3, 4, 20, 0]), "packed-file"],
    ["old Macintosh line ends", `${HEADER}\r${row(1, 2)}\r`, "old-line-ends"],
    ["another table", "name,age\nAnn,3\n", "wrong-header"],
    ["no header", `${row(1, 2)}\n${row(3, 4)}\n`, "wrong-header"],
    ["a broken header", `"a"b,c\n${row(1, 2)}\n`, "wrong-header"],
    [
      "3,000 columns",
      `${Array.from({ length: 3000 }, (_, i) => `c${i}`).join(",")}\n`,
      "too-many-columns",
    ],
  ])("%s", async (_, content, code) => {
    expect(await problemOf(content)).toBe(code);
  });

  it("says what it expected and what it found instead of a header", async () => {
    const { receipt } = await importText("name,age\nAnn,3\n");
    expect(receipt.problem?.text).toContain("No column for time, input tokens, output tokens");
    expect(receipt.problem?.text).toContain('found "name", "age"');
    expect(receipt.problem?.text).toContain("prompt_tokens");
  });

  it("asks for the model when neither the file nor the user names one", async () => {
    const { receipt } = await importText(`${HEADER}\n${row(1, 2)}\n`, { assignedModel: undefined });
    expect(receipt).toMatchObject({
      state: "failed",
      problem: { code: "model-missing" },
      rowsRead: 0,
    });
  });

  it("fails, with the reasons, when no row can be taken", async () => {
    const { receipt } = await importText(`${HEADER}\n${row(-1, 2)}\n${row("x", 2)}\n`);
    expect(receipt).toMatchObject({
      state: "failed",
      problem: {
        code: "all-rows-rejected",
        text: expect.stringContaining('line 2, column "input_tokens"'),
      },
      rowsRead: 2,
      rowsRejected: 2,
    });
  });
});

describe("bad rows among good ones", () => {
  it("names line, column, value and reason, and keeps the good rows", async () => {
    const text = [
      HEADER,
      row(10, 1),
      row(-5, 1),
      row(10, "1.5"),
      row("1,000".replace(",", " "), 1),
      row(10_000_001, 1),
      row("1e400", 1),
      row("", 1),
      `not a date,10,1`,
      row(10, 1).slice(0, 20),
      `${row(10, 1)},7`,
      row(1, 900_000),
      row("44.0", 3),
    ].join("\n");
    const { receipt, calls } = await importText(`${text}\n`);
    expect(receipt).toMatchObject({
      state: "completed",
      rowsRead: 12,
      rowsAccepted: 3,
      rowsRejected: 9,
    });
    expect(
      receipt.rejections.map(({ line, column, value, reason }) => [line, column, value, reason]),
    ).toEqual([
      [3, "input_tokens", "-5", "negative"],
      [4, "output_tokens", "1.5", "not-whole"],
      [5, "input_tokens", "1 000", "not-a-number"],
      [6, "input_tokens", "10000001", "too-large"],
      [7, "input_tokens", "1e400", "too-large"],
      [8, "input_tokens", "", "missing-value"],
      [9, "timestamp", "not a date", "not-a-date"],
      [10, null, "2024-05-31T10:00:00Z", "wrong-column-count"],
      [11, null, `${row(10, 1)},7`, "wrong-column-count"],
    ]);
    expect(calls.map(({ inputTokens, outputTokens }) => [inputTokens, outputTokens])).toEqual([
      [10, 1],
      [1, 900_000],
      [44, 3],
    ]);
    expect(receipt.rejectedBy[0]).toEqual({ reason: "too-large", count: 2 });
  });

  it("a file cut in the middle of a row", async () => {
    const { receipt } = await importText(`${HEADER}\n${row(10, 1)}\n2024-05-31T10:0`);
    expect(receipt).toMatchObject({
      state: "completed",
      rowsAccepted: 1,
      rejections: [{ line: 3, reason: "row-cut-short", value: "2024-05-31T10:0" }],
    });
    const inValue = await importText(`${HEADER}\n${row(10, 1)}\n${row(10, 1)}`);
    expect(inValue.receipt.assumptions.join()).toContain("may be cut");
  });

  it("invalid UTF-8, in the column where it stands", async () => {
    const start = bytes(`${HEADER},user\n${row(1, 2)},M`);
    const end = bytes(`ller\n${row(3, 4)},Müller\n`);
    const latin = new Uint8Array([...start, 0xfc, ...end]);
    const { receipt, calls } = await importText(latin);
    expect(receipt.rejections).toMatchObject([
      { line: 2, column: "user", reason: "not-utf8", value: "M\uFFFDller" },
    ]);
    expect(calls.map(({ user }) => user)).toEqual(["Müller"]);
  });

  it("a quote that never closes costs its own line only", async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${row(i, 1, i)},u${i}`);
    rows[10] = `${row(10, 1)},"open`;
    rows[20] = `${row(20, 1)},"x"y`;
    const { receipt } = await importText(`${HEADER},user\n${rows.join("\n")}\n`);
    expect(receipt.rejections.map(({ line, reason }) => [line, reason])).toEqual([
      [12, "broken-quotes"],
      [22, "broken-quotes"],
    ]);
    expect(receipt.rowsAccepted).toBe(38);
  });

  it("keeps formulas, SQL and markup as data", async () => {
    const values = [
      "=cmd|' /C calc'!A0",
      "'); DROP TABLE calls;--",
      "<script>alert(1)</script>",
      "{{7*7}}",
      "../../etc/passwd",
    ];
    const { calls } = await importText(
      `${HEADER},feature\n${values.map((value) => `${row(1, 2)},"${value}"`).join("\n")}\n`,
    );
    expect(calls.map(({ feature }) => feature)).toEqual(values);
  });

  it("makes hidden characters visible and cuts long values to 80 characters", async () => {
    const { receipt } = await importText(
      `${HEADER}\n${row("12\u0007\u202e34", 1)}\n${row(`"${"9\n".repeat(100)}"`, 1)}\n`,
    );
    expect(receipt.rejections[0]?.value).toBe("12\\u{7}\\u{202e}34");
    expect(receipt.rejections[1]?.value).toHaveLength(80);
    expect(receipt.rejections[1]?.value.startsWith("9\\n9\\n")).toBe(true);
  });

  it("rejects texts with NUL bytes or of more than 1,000 characters, and impossible counts", async () => {
    const { receipt } = await importText(
      `${HEADER},user,cached_tokens\n${row(1, 2)},a\u0000b,\n${row(1, 2)},${"x".repeat(1001)},\n${row(10, 2)},u,11\n`.padEnd(
        9000,
        "\n",
      ),
    );
    expect(receipt.rejections.map(({ column, reason }) => [column, reason])).toEqual([
      ["user", "control-characters"],
      ["user", "text-too-long"],
      ["cached_tokens", "inconsistent-tokens"],
    ]);
  });

  it("keeps the first 100 rejections and counts all", async () => {
    const bad = Array.from({ length: 1000 }, () => row(-1, 1)).join("\n");
    const { receipt } = await importText(`${HEADER}\n${bad}\n${row(1, 1)}\n`);
    expect(receipt.rejections).toHaveLength(IMPORT_LIMITS.keptRejections);
    expect(receipt).toMatchObject({
      rowsRejected: 1000,
      rejectedBy: [{ reason: "negative", count: 1000 }],
    });
  });
});

/** Bytes made on demand, so that the test itself holds no more than a chunk. */
function generated(parts: Array<{ text: string; times: number }>): ReadableStream<Uint8Array> {
  const left = parts.map(({ text, times }) => ({ chunk: bytes(text), times }));
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      while (left[0]?.times === 0) left.shift();
      const part = left[0];
      if (part === undefined) {
        controller.close();
        return;
      }
      part.times -= 1;
      controller.enqueue(part.chunk);
    },
  });
}

const MEGABYTE = "x".repeat(1_000_000);

describe("huge input in bounded memory", { timeout: 60_000 }, () => {
  const options = {
    importId: "i",
    fileName: "f",
    assignedModel: { provider: "openai", model: "gpt-4o" },
  };
  const run = async (parts: Array<{ text: string; times: number }>) => {
    let most = 0;
    const before = process.memoryUsage().arrayBuffers;
    const receipt = await importCalls(generated(parts), options, async () => {}, {
      now: () => {
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
        return NOW;
      },
    });
    return { receipt, most };
  };

  it.each([
    ["plain", MEGABYTE],
    ["of 5 million columns", ",,,,,".repeat(200_000)],
    ["in an open quote", `"${MEGABYTE.slice(1)}`],
  ])("a row of 50 MB %s is rejected by its line; the rows around it are kept", async (_, chunk) => {
    const { receipt } = await run([
      { text: `${HEADER}\n${row(1, 2)}\n`, times: 1 },
      { text: chunk, times: 50 },
      { text: `\n${row(3, 4)}\n${row(5, 6)}\n`, times: 1 },
    ]);
    expect(receipt).toMatchObject({
      state: "completed",
      rowsAccepted: 3,
      rowsRejected: 1,
      inputTokens: 9,
    });
    expect(receipt.rejections[0]).toMatchObject({ line: 3 });
    expect(receipt.bytes).toBeGreaterThan(50_000_000);
  });

  it("a JSON line, and an array element, of 50 MB likewise", async () => {
    const good = '{"time":1717149600,"input_tokens":3,"output_tokens":4}';
    const lines = await run([
      { text: `{"a":"`, times: 1 },
      { text: MEGABYTE, times: 50 },
      { text: `"}\n${good}\n`, times: 1 },
    ]);
    expect(lines.receipt).toMatchObject({
      rowsAccepted: 1,
      rejections: [{ line: 1, reason: "row-too-long" }],
    });
    const array = await run([
      { text: `[${good},\n{"a":"`, times: 1 },
      { text: MEGABYTE, times: 50 },
      { text: `"},\n${good}]`, times: 1 },
    ]);
    expect(array.receipt).toMatchObject({
      rowsAccepted: 2,
      rejections: [{ line: 2, reason: "row-too-long" }],
    });
  });

  it("50 MB with no line end, and a header of 5 million columns, end early with a reason", async () => {
    const { receipt } = await run([{ text: MEGABYTE, times: 50 }]);
    expect(receipt).toMatchObject({ state: "failed", problem: { code: "header-too-long" } });
    expect(receipt.bytes).toBeLessThan(2_000_000);
    const columns = await run([{ text: "column,".repeat(100_000), times: 50 }]);
    expect(columns.receipt.problem?.code).toBe("header-too-long");
  });

  it("never holds more than a few megabytes", async () => {
    const { most, receipt } = await run([
      { text: `${HEADER}\n`, times: 1 },
      { text: `${row(1, 2)}\n`.repeat(20_000), times: 20 },
      { text: MEGABYTE, times: 20 },
    ]);
    expect(receipt.rowsAccepted).toBe(400_000);
    // What the engine has not collected yet counts too.
    expect(most).toBeLessThan(64_000_000);
  });
});

describe("inspection of hostile heads", () => {
  it("survives deep nesting", () => {
    const deep = `{"a":${"[".repeat(30_000)}${"]".repeat(30_000)}}\n`;
    expect(inspectFile(bytes(deep), "f").problems).toHaveLength(1);
    const good = '{"time":1717149600,"input_tokens":3,"output_tokens":4}';
    const asCount = `{"time":1717149600,"input_tokens":${deep.slice(5, -2)},"output_tokens":4}`;
    expect(inspectFile(bytes(`${good}\n${asCount}\n`), "f").sample[1]?.[1]).toContain("too deep");
  });

  it("says so when 64 KiB hold no line", () => {
    expect(inspectFile(bytes(MEGABYTE), "f").problems[0]?.code).toBe("header-too-long");
  });
});

describe("streams", () => {
  it("stops reading when nothing more matters", async () => {
    const source = streamOf(`name,age\n${"Ann,3\n".repeat(500_000)}`);
    await importCalls(source.stream, { importId: "i", fileName: "f" }, async () => {});
    expect(source.cancelled()).toBe(true);
    expect(source.pulled()).toBeLessThan(400_000);
  });
});
