import { describe, expect, it } from "vitest";
import { checkCallQuery, InvalidCallQuery } from "../../db/call-query";

function problems(question: unknown) {
  try {
    checkCallQuery(question);
  } catch (error) {
    if (error instanceof InvalidCallQuery) return error.problems;
    throw error;
  }
  throw new Error("the question was taken");
}

describe("a question over calls", () => {
  it("has a default for all but its measures", () => {
    expect(checkCallQuery({ measures: ["spend"] })).toEqual({
      measures: ["spend"],
      dimensions: [],
      filters: [],
      grain: null,
      range: { from: null, to: null },
      compareWith: null,
      orderBy: [],
      limit: 100,
      rest: "omit",
    });
  });

  it.each([
    [{}, "measures", /expected array/],
    [{ measures: [] }, "measures", /at least one measure/],
    [{ measures: ["spent"] }, "measures[0]", /unknown measure "spent"; known are calls, /],
    [{ measures: ["calls", "calls"] }, "measures[1]", /calls is asked for twice/],
    [
      { measures: ["calls"], dimensions: ["colour"] },
      "dimensions[0]",
      /unknown dimension "colour"/,
    ],
    [{ measures: ["calls"], dimensions: ["tag:"] }, "dimensions[0]", /known are .* tag:KEY/],
    [
      { measures: ["calls"], dimensions: ["user", "model", "day", "hour", "retry"] },
      "dimensions",
      /at most four/,
    ],
    [{ measures: ["calls"], range: { from: 5, to: 5 } }, "range", /range is empty/],
    [{ measures: ["calls"], range: { from: 1.5, to: null } }, "range.from", /whole number/],
    [{ measures: ["calls"], compareWith: "preceding" }, "range", /needs both/],
    [
      {
        measures: ["calls"],
        range: { from: 10, to: 20 },
        compareWith: { from: 5, to: 11 },
      },
      "compareWith",
      /overlap/,
    ],
    [
      { measures: ["calls"], orderBy: [{ by: "model" }] },
      "orderBy[0].by",
      /add it to the dimensions/,
    ],
    [{ measures: ["calls"], orderBy: [{ by: "size" }] }, "orderBy[0].by", /neither a measure nor/],
    [{ measures: ["calls"], limit: 0 }, "limit", /expected number to be >=1/],
    [{ measures: ["calls"], limit: 1e9 }, "limit", /expected number to be <=5000/],
    [{ measures: ["calls"], grain: "minute" }, "grain", /"hour"\|"day"\|"week"\|"month"/],
    [{ measures: ["calls"], where: "1 = 1" }, "question", /Unrecognized key: "where"/],
    [
      { measures: ["calls"], filters: [{ dimension: "model", in: [] }] },
      "filters[0].in",
      /at least one value/,
    ],
    [
      { measures: ["calls"], filters: [{ field: "input_tokens", atLeast: 5, atMost: 4 }] },
      "filters[0]",
      /atLeast is above atMost/,
    ],
    [
      { measures: ["calls"], filters: [{ field: "weight", atLeast: 5 }] },
      "filters[0].field",
      /unknown field "weight"/,
    ],
    [
      { measures: ["calls"], filters: [{ field: "retry", atLeast: Number.NaN }] },
      "filters[0].atLeast",
      /number/,
    ],
    [
      { measures: ["calls"], filters: [{ dimension: "colour", in: ["red"] }] },
      "filters[0].dimension",
      /unknown dimension "colour"/,
    ],
    [{ measures: ["calls"], filters: [{ sql: "1" }] }, "filters[0]", /a filter is/],
    ["DROP TABLE calls_v1", "question", /expected object/],
  ])("names what is wrong: %j", (question, field, problem) => {
    const found = problems(question);
    expect(found.map((one) => one.field)).toContain(field);
    expect(found.find((one) => one.field === field)?.problem).toMatch(problem);
  });

  it("names all that is wrong at once, and never echoes more than a little of it", () => {
    const found = problems({ measures: ["x".repeat(5000)], limit: -1, grain: "year" });
    expect(found.map(({ field }) => field).sort()).toEqual(["grain", "limit", "measures[0]"]);
    for (const { problem } of found) expect(problem.length).toBeLessThan(800);
  });
});
