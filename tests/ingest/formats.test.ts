import { describe, expect, it } from "vitest";
import { inspectFile } from "../../db/ingest";
import { HEADER, importText, NOW, row } from "./import-support";

const TIME = Date.UTC(2024, 4, 31, 10, 0, 0);
const lines = (...rows: object[]) => `${rows.map((entry) => JSON.stringify(entry)).join("\n")}\n`;

describe("column names", () => {
  it("maps a wide CSV with quotes, line breaks in values, CRLF and a byte-order mark", async () => {
    const { receipt, calls } = await importText(
      `\uFEFF"Created At",Provider,Model,Prompt Tokens,Completion Tokens,cached_tokens,latency_ms,TTFT (s),use_case,user_id,Session ID,status_code,prompt_hash,quality,env\r\n` +
        `2024-05-31 12:00:00+02:00,OpenAI,gpt-4o,1200,30,1024,850.5,0.25,"search, ""fast""\r\nlane",u1,s1,200,abc,good,prod\r\n` +
        `2024-05-31 10:00:01.5Z,anthropic,claude-haiku-4-5,10,0,,,,,,,429,,,\r\n`,
      { assignedModel: undefined },
    );
    expect(receipt).toMatchObject({ state: "completed", rowsAccepted: 2, rejections: [] });
    expect(calls[0]).toMatchObject({
      time: TIME,
      provider: "openai",
      model: "gpt-4o",
      inputTokens: 1200,
      outputTokens: 30,
      cacheReadTokens: 1024,
      latencyMs: 850.5,
      ttftMs: 250,
      feature: 'search, "fast"\r\nlane',
      user: "u1",
      session: "s1",
      status: "ok",
      promptHash: "abc",
      quality: 1,
      tags: { env: "prod" },
    });
    expect(calls[1]).toMatchObject({
      time: TIME + 1500,
      status: "error",
      errorCode: "429",
      latencyMs: null,
      quality: null,
      feature: "",
      tags: {},
    });
  });

  it("reads TSV and semicolons", async () => {
    const tsv = await importText("time\tinput_tokens\toutput_tokens\n1717149600\t5\t6\n");
    expect(tsv.receipt).toMatchObject({ format: "tsv", rowsAccepted: 1 });
    expect(tsv.calls[0]).toMatchObject({ time: TIME, inputTokens: 5, outputTokens: 6 });
    const semicolons = await importText("time;input_tokens;output_tokens\n1717149600123;5;6\n");
    expect(semicolons.calls[0]?.time).toBe(TIME + 123);
  });

  it("refuses a column named twice when it matters, and ignores it when it does not", async () => {
    const twice = await importText(
      `timestamp,input_tokens,output_tokens,input_tokens\n${row(1, 2)},9\n`,
    );
    expect(twice.receipt).toMatchObject({
      state: "failed",
      problem: { code: "duplicate-column", text: expect.stringContaining("columns 2 and 4") },
    });
    const harmless = await importText(`${HEADER},note,note\n${row(1, 2)},a,b\n`);
    expect(harmless.receipt.rowsAccepted).toBe(1);
  });
});

describe("JSON", () => {
  it("reads OpenAI-style usage, its cached tokens counted in", async () => {
    const { receipt, calls } = await importText(
      lines({
        created: 1717149600,
        model: "openai/gpt-4o",
        usage: {
          prompt_tokens: 2000,
          completion_tokens: 50,
          prompt_tokens_details: { cached_tokens: 1920 },
          completion_tokens_details: { reasoning_tokens: 20 },
        },
        metadata: { tier: "gold", user_id: "u7", ["__proto__"]: "x" },
      }),
      { assignedModel: undefined },
    );
    expect(receipt).toMatchObject({ format: "jsonl", shape: "openai", rowsAccepted: 1 });
    expect(calls[0]).toMatchObject({
      provider: "openai",
      model: "gpt-4o",
      inputTokens: 2000,
      cacheReadTokens: 1920,
      outputTokens: 50,
      reasoningTokens: 20,
      user: "u7",
      tags: { tier: "gold" },
    });
  });

  it("adds Anthropic's cached tokens to its input, and Google's thinking to its output", async () => {
    const { receipt, calls } = await importText(
      lines(
        {
          timestamp: "2024-05-31T10:00:00Z",
          model: "claude-sonnet-4-5",
          usage: {
            input_tokens: 12,
            cache_read_input_tokens: 3000,
            cache_creation_input_tokens: 500,
            output_tokens: 7,
          },
        },
        {
          timestamp: "2024-05-31T10:00:01Z",
          model: "gemini-2.5-pro",
          usageMetadata: { promptTokenCount: 90, candidatesTokenCount: 5, thoughtsTokenCount: 40 },
        },
      ),
      { assignedModel: undefined },
    );
    expect(receipt).toMatchObject({ shape: "anthropic", rowsAccepted: 2 });
    expect(
      calls.map(({ provider, inputTokens, outputTokens }) => [provider, inputTokens, outputTokens]),
    ).toEqual([
      ["anthropic", 3512, 7],
      ["google", 90, 45],
    ]);
    expect(calls[0]).toMatchObject({ cacheReadTokens: 3000, cacheWriteTokens: 500 });
    expect(calls[1]?.reasoningTokens).toBe(40);
  });

  it("reads an array of objects, whole or cut", async () => {
    const good = { time: 1717149600, input_tokens: 3, output_tokens: 4, note: 'a ] } " b' };
    const array = JSON.stringify([good, { ...good, input_tokens: -1 }, good], null, 1);
    const whole = await importText(array);
    expect(whole.receipt).toMatchObject({ format: "json", rowsAccepted: 2, rowsRejected: 1 });
    expect(whole.receipt.rejections[0]).toMatchObject({
      line: 8,
      column: "input_tokens",
      value: "-1",
      reason: "negative",
    });
    const cut = await importText(array.slice(0, -12));
    expect(cut.receipt.rejectedBy).toContainEqual({ reason: "row-cut-short", count: 1 });
    expect(cut.receipt.rowsAccepted).toBe(1);
  });

  it("names lines that are no objects and keeps the others", async () => {
    const good = '{"time":1717149600,"input_tokens":3,"output_tokens":4}';
    const { receipt } = await importText(`${good}\n[1,2]\n\n{"time":\n${good}\n{"time":17171`);
    expect(receipt).toMatchObject({ state: "completed", rowsAccepted: 2, rowsRejected: 3 });
    expect(receipt.rejections.map(({ line, reason }) => [line, reason])).toEqual([
      [2, "not-json"],
      [4, "not-json"],
      [6, "row-cut-short"],
    ]);
  });

  it("says what is wrong with JSON of another shape", async () => {
    const { receipt } = await importText(JSON.stringify({ data: [{ a: 1 }] }, null, 2));
    expect(receipt).toMatchObject({ state: "failed", problem: { code: "wrong-shape" } });
  });

  it("survives very deep nesting", async () => {
    const deep = `{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
    const good = '{"time":1717149600,"input_tokens":3,"output_tokens":4}';
    const { receipt } = await importText(`${good}\n${deep}\n${good}\n`);
    expect(receipt).toMatchObject({ rowsRead: 3, rowsAccepted: 2, rowsRejected: 1 });
  });
});

describe("times", () => {
  const timeOf = async (text: string) => {
    const { receipt, calls } = await importText(`${HEADER}\n${text},1,1\n`);
    return calls[0]?.time ?? receipt.rejections[0]?.reason;
  };

  it.each([
    ["2024-05-31T10:00:00Z", TIME],
    ["2024-05-31 10:00:00.1239999", TIME + 123],
    ["2024-05-31T12:30:00+02:30", TIME],
    ["2024-05-31", Date.UTC(2024, 4, 31)],
    ["1717149600", TIME],
    ["1717149600.25", TIME + 250],
    ["1717149600123", TIME + 123],
    ["1717149600123456", TIME + 123],
    ["1717149600123456789", TIME + 123],
    ["2024-02-30T10:00:00Z", "not-a-date"],
    ["2024-05-31T25:00:00Z", "not-a-date"],
    ["05/31/2024 10:00", "not-a-date"],
    ["yesterday", "not-a-date"],
    ["1999-12-31T23:59:59Z", "date-out-of-range"],
    [new Date(NOW + 25 * 3_600_000).toISOString(), "date-out-of-range"],
    ["", "missing-value"],
  ])("%s", async (text, expected) => {
    expect(await timeOf(text)).toBe(expected);
  });

  it("needs a start for times that count from zero, and adds it", async () => {
    const trace =
      "Timestamp,Model,Request tokens,Response tokens\n5,GPT-4,472,18\n45.5,GPT-4,1087,230\n";
    expect(inspectFile(new TextEncoder().encode(trace), "burst.csv").needs).toEqual(["startTime"]);
    const { calls } = await importText(trace, { startTime: TIME });
    expect(calls.map(({ time }) => time - TIME)).toEqual([5000, 45_500]);
  });

  it("computes latency from start and end", async () => {
    const { calls, receipt } = await importText(
      "startTime,endTime,completion_start_time,prompt_tokens,completion_tokens\n" +
        "2024-05-31T10:00:00Z,2024-05-31T10:00:02.5Z,2024-05-31T10:00:00.4Z,1,1\n" +
        "2024-05-31T10:00:00Z,2024-05-31T09:00:00Z,,1,1\n",
    );
    expect(calls[0]).toMatchObject({ latencyMs: 2500, ttftMs: 400 });
    expect(receipt.rejections[0]).toMatchObject({
      line: 3,
      column: "endTime",
      reason: "out-of-range",
    });
  });
});
