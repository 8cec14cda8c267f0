/**
 * `npm run eval`: how often the rules read a message as a person means it. Prints each half with what
 * was read wrong. The forty adversarial messages are a test of their own (tests/eval/adversarial.test.ts).
 */
import { evalScene, measure } from "../tests/eval/measure";
import { onceHeldOutPhrasings } from "../tests/eval/phrasings-once-held-out";
import { tunedPhrasings } from "../tests/eval/phrasings-tuned";

const halves = [
  ["tuned on", tunedPhrasings],
  ["once held out, since tuned on", onceHeldOutPhrasings],
] as const;

for (const [half, phrasings] of halves) {
  const verdicts = await measure(phrasings, evalScene());
  const wrong = verdicts.filter(({ differences }) => differences.length > 0);
  const right = verdicts.length - wrong.length;
  console.log(
    `${half}: ${right} of ${verdicts.length} right (${((100 * right) / verdicts.length).toFixed(1)} %)`,
  );
  for (const { phrasing, differences } of wrong) {
    console.log(`  ${phrasing.text}\n${differences.map((one) => `    ${one}`).join("\n")}`);
  }
}
