/**
 * `npm run eval`: how often the rules read a message as a person means it. Prints each set with what was
 * read wrong; only the last, on which no rule was ever tuned, says how they do on a new message. The forty
 * adversarial messages are a test of their own (tests/eval/adversarial.test.ts).
 */
import { evalScene, measure } from "../tests/eval/measure";
import { blindPhrasings } from "../tests/eval/phrasings-blind";
import { onceHeldOutPhrasings } from "../tests/eval/phrasings-once-held-out";
import { tunedPhrasings } from "../tests/eval/phrasings-tuned";

const sets = [
  ["tuned on", tunedPhrasings],
  ["once held out, since tuned on", onceHeldOutPhrasings],
  ["unseen, never tuned on", blindPhrasings],
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
