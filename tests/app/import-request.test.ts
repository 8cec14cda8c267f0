import { describe, expect, it } from "vitest";
import {
  importQuery,
  readImportRequest,
  readModel,
  readStart,
} from "../../app/datasets/import-request";

describe("an import's request", () => {
  it("reads back what the browser wrote", () => {
    const wanted = {
      fileName: "a & b?.csv",
      fileBytes: 12,
      assignedModel: { provider: "openrouter", model: "meta/llama 3".replace(" ", "-") },
      startTime: Date.UTC(2024, 4, 1),
    };
    expect(readImportRequest(new URLSearchParams(importQuery(wanted)))).toEqual({
      ok: true,
      wanted,
    });
  });

  it("needs a file name and nothing else", () => {
    expect(readImportRequest(new URLSearchParams())).toEqual({
      ok: false,
      problem: "Choose a file first.",
    });
    expect(readImportRequest(new URLSearchParams({ fileName: "a.csv" }))).toEqual({
      ok: true,
      wanted: { fileName: "a.csv", fileBytes: null, assignedModel: null, startTime: null },
    });
  });

  it.each([
    ["openai/gpt-4o", { provider: "openai", model: "gpt-4o" }],
    [" openrouter/meta/llama ", { provider: "openrouter", model: "meta/llama" }],
    ["", null],
    ["gpt-4o", undefined],
    ["open ai/gpt", undefined],
  ])("reads the model %j", (text, model) => {
    expect(readModel(text)).toEqual(model);
  });

  it.each([
    ["2024-05-01", Date.UTC(2024, 4, 1)],
    ["2024-05-01T12:30", Date.UTC(2024, 4, 1, 12, 30)],
    ["2024-05-01T12:30+02:00", Date.UTC(2024, 4, 1, 10, 30)],
    ["", null],
    ["yesterday", undefined],
    ["2024-13-45", undefined],
  ])("reads the start %j, as UTC unless it says otherwise", (text, time) => {
    expect(readStart(text)).toBe(time);
  });
});
