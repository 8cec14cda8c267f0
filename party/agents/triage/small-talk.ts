import { normalise } from "./normalise";

/** One of these makes a message social, when nothing but social words stand by it. */
const SOCIAL = new Set(
  "hi hello hey yo howdy hiya greetings morning afternoon evening night thanks thank thankyou thx ty tnx cheers great nice cool perfect awesome wonderful excellent amazing brilliant fantastic lovely super ok okay alright understood bye goodbye ciao goodnight welcome sorry appreciated appreciate kudos helpful useful yay wow haha lol got well done impressive later hallo hola bonjour salut moin servus merci danke gracias grazie guten namaste bravo helps helped".split(
    " ",
  ),
);
const BESIDE = new Set(
  "a an the so much very lot lots many really that was is this it's that's it it all for your you your's help helping answer answers support work job again now then there netra team everyone everybody folks all guys friend mate have has had nice good day one weekend week time rest of to from my me i i'm we us just wanted say said saying makes sense sounds look looks see soon tomorrow next till until and & oh ah indeed dear sir bot assistant quick fast explanation report morgen tag abend buenos dias tarde one work stuff super too as always take care later up out for now done got no problem worries".split(
    " ",
  ),
);

/** Questions about Netra itself, and the usual ones about how it is. */
const ABOUT_NETRA: readonly RegExp[] = [
  /^(?:who|what) (?:are|r) (?:you|u)(?: (?:exactly|really|anyway))?$/,
  /^(?:who|what) is (?:this|netra)$/,
  /^(?:(?:can|could) you )?(?:tell|show) me what (?:you|netra) can do(?: for (?:me|us))?$/,
  /^(?:who|what) am i (?:talking|speaking|chatting|writing) (?:to|with)(?: (?:here|now))?$/,
  /^what(?:'s| is) your (?:name|job|purpose|role)$/,
  /^(?:what|which things) (?:can|could|do) (?:you|netra) do(?: (?:for (?:me|us)|exactly|here|all day))?$/,
  /^(?:how|in what way) (?:can|could|do|would) you help(?: (?:me|us))?$/,
  /^what (?:are you|is netra) (?:for|good at|good for)$/,
  /^how do(?:es)? (?:you|netra|this|it) work$/,
  /^are you (?:a |an )?(?:real |actual )?(?:bot|robot|ai|human|person|machine|llm|chatbot|there|real|ok|okay|alive|awake|busy|chatgpt)(?: or .*)?$/,
  /^(?:introduce yourself|tell me (?:about|something about) yourself)$/,
  /^how (?:are|r) (?:you|u|things|we)(?: (?:doing|today|going|feeling))*$/,
  /^how(?:'s| is) (?:it going|everything|life|your day)(?: going| today)?$/,
  /^what(?:'s| is) up$/,
  /^(?:nice|good|pleased|great) to (?:meet|see|e-meet) you$/,
  /^(?:help|test|testing|ping)$/,
  /^can you help(?: me| us)?(?: (?:out|please|with (?:something|this|that|a question)))*$/,
  /^who (?:made|built|created|wrote|trained|owns|developed) (?:you|this|netra)$/,
  /^(?:good|nice|great) (?:job|work|one|stuff|answer)$/,
  /^tell me a joke$/,
];

/** Greetings, thanks, farewells and questions about Netra itself: answered without looking at any data. Pure. */
export function isSmallTalk(message: string): boolean {
  const text = normalise(message)
    .replace(/\p{Extended_Pictographic}|[:;]-?[)(dp]|<3/gu, " ")
    .replace(/@?netra\b(?=,)/g, " ");
  if (text.length > 120) return false;
  const parts = text
    .split(/[!?.,;…]+/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
  if (parts.length === 0) return false;
  const kinds = parts.map(kindOf);
  return kinds.includes("social") && kinds.every((kind) => kind !== "other");
}

/** Words that only ever go along with social ones are "beside": alone they say nothing. */
function kindOf(part: string): "social" | "beside" | "other" {
  const greeted = part.replace(
    /^(?:hi|hello|hey|ok|okay|and|so|thanks)(?: there| netra)? (?=\w)/,
    "",
  );
  if (ABOUT_NETRA.some((pattern) => pattern.test(part) || pattern.test(greeted))) return "social";
  const words = part.match(/[\p{L}\p{N}'&]+/gu) ?? [];
  if (words.length > 12) return "other";
  if (!words.every((word) => SOCIAL.has(word) || BESIDE.has(word))) return "other";
  return words.some((word) => SOCIAL.has(word)) || /\b(?:good day|take care|see you)\b/.test(part)
    ? "social"
    : "beside";
}
