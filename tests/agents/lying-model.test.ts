import { expect, it } from "vitest";
import { plainText } from "../../party/protocol";
import { generatedCalls } from "../clickhouse/support/calls";
import { expectReceipts } from "./figures";
import { type Lie, lieKinds, lyingModel, STATED } from "./lying-model";
import { allTexts, ask, storyCalls, type Told } from "./scene";

/** 0 wrong figures of 200 in the long run; a share of them otherwise. */
const CASES = process.env.NETRA_TEST_FULL ? 200 : 12;
const FIRST_SEED = Number(process.env.NETRA_SEED ?? 4_100);

/** By chance a lie may be true: the figure it gives is one of the log's, read without the checker. */
function isTrue(lie: Lie, told: Told): boolean {
  // Nothing is nothing, however many trillion times.
  const isNothing = lie.kind === "scales" && / 0(?:\.0+)? trillion/.test(lie.sentence);
  if (lie.kind === "mis-cites" || isNothing) return true;
  const match = /(\$)?(\d[\d,]*(?:\.\d+)?)\s?(ms|s|%|×)?(?=[\s.[]|$)/g;
  const numbers = [...lie.sentence.matchAll(match)].filter((one) => one[0].trim() !== "");
  return numbers.every(([, dollar, digits = "", unit]) => {
    const written = Number(digits.replaceAll(",", ""));
    const half = 0.5 * 10 ** -(digits.split(".")[1]?.length ?? 0);
    return told.evidence.some(({ values }) =>
      values.some(({ value, unit: own, segment }) => {
        if (value === null || own === "date") return false;
        if (segment !== null && !lie.sentence.includes(segment.replace(/\s+/g, " "))) return false;
        if ((dollar !== undefined) !== (own === "USD")) return false;
        if ((unit === "%") !== (own === "percent")) return false;
        if ((unit === "ms" || unit === "s") !== (own === "ms" || own === "seconds")) return false;
        const scale = unit === "s" && own === "ms" ? 1_000 : 1;
        return Math.abs(Math.abs(Number(value)) / scale - written) <= half * 1.0001;
      }),
    );
  });
}

it(`a model that lies in every sentence gets no wrong figure into ${CASES} reports`, async () => {
  const reached = new Map<string, number>();
  const shown: string[] = [];
  let checked = 0;
  for (let index = 0; index < CASES; index += 1) {
    const seed = FIRST_SEED + index;
    const model = lyingModel(seed);
    const calls = index % 4 === 0 ? storyCalls() : generatedCalls(seed, 120);
    const told = await ask(`Our bill is ${STATED}. Where does the money go?`, { calls, model });
    expect(told.finished, `seed ${seed}`).toMatchObject({ state: "completed" });
    expectReceipts(told, { written: "checked" });
    const said = [...allTexts(told)].map((text) => plainText(text)).join("\n");
    for (const lie of model.lies) {
      checked += 1;
      reached.set(lie.kind, (reached.get(lie.kind) ?? 0) + 1);
      if (!isTrue(lie, told) && said.includes(lie.marker)) {
        shown.push(`seed ${seed}, ${lie.kind}: ${lie.sentence}`);
      }
    }
  }
  expect(shown).toEqual([]);
  // Each way of lying was tried, and often.
  expect([...reached.keys()].sort()).toEqual([...lieKinds].sort());
  expect(checked).toBeGreaterThan(CASES * 4);
}, 900_000);
