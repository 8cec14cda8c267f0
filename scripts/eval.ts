/**
 * `npm run eval`: how often the rules read a message as a person means it. Prints each set with what was
 * read wrong. All of these were tuned on by now; what was right at first sight, before any was read, says how rules
 * do on a new message. The forty
 * adversarial messages are a test of their own (tests/eval/adversarial.test.ts).
 */
import { evalScene, measure } from "../tests/eval/measure";
import { onceBlindPhrasings } from "../tests/eval/phrasings-once-blind";
import { onceHeldOutPhrasings } from "../tests/eval/phrasings-once-held-out";
import { tunedPhrasings } from "../tests/eval/phrasings-tuned";

const sets = [
  ["tuned on", tunedPhrasings],
  ["once held out, since tuned on", onceHeldOutPhrasings],
  ["written blind, 66 of 80 at first sight (82.5 %), since tuned on", onceBlindPhrasings],
] as const;

for (const [set, phrasings] of sets) {
  const verdicts = await measure(phrasings, evalScene());
  const wrong = verdicts.filter(({ differences }) => differences.length > 0);
  const right = verdicts.length - wrong.length;
  console.log(
    `${set}: ${right} of ${verdicts.length} right (${((100 * right) / verdicts.length).toFixed(1)} %)`,
  );
  for (const { phrasing, differences } of wrong) {
    console.log(`  ${phrasing.text}\n${differences.map((one) => `    ${one}`).join("\n")}`);
  }
}
