import { wordsOf } from "./stems";

/** Small words that English does not have, of languages people write here; and English ones. */
const OTHERS = new Set(
  "der das ist und wie viel viele haben hat wir wieviel kosten gekostet letzte letzten woche gestern heute warum welche welches unsere unser nicht mit auf für den dem ein eine einen im zeig zeige bitte kannst können wo gibt sind was geld sparen le la les des une est et combien avons nous notre nos dans pour avec quel quelle quels quelles pourquoi hier semaine dernière dernier coûte coûté dépense dépensé sur du qui plus moins el los las una cuánto cuanto cuál cual qué gastamos gastado nuestro nuestra por para con semana ayer pasada mes cuesta costó dónde donde porqué cómo como il lo gli una quanto abbiamo speso nostro nostra perché settimana scorsa ieri costo che di quale o os as um uma quanto gastamos nosso nossa porque semana passada ontem custo het een hoeveel hebben wij onze waarom vorige gisteren kosten welke niet voor met".split(
    " ",
  ),
);
const ENGLISH = new Set(
  "the a an of is are was were did do does how what which who why where when we our us you your i my me it this that to for and or not with from by on at can could should would will be been have has had if more less than much many make show give please last cost costs spend all no".split(
    " ",
  ),
);

/**
 * Whether a message is written in another language than English, which is all that the rules read. A message of names
 * and numbers alone is in none. Pure.
 */
export function isOtherLanguage(text: string): boolean {
  const words = wordsOf(text.slice(0, 2_000).toLowerCase())
    .map((word) => word.text)
    .filter((word) => /^\p{L}+$/u.test(word));
  const foreignScript = words.filter((word) => !/\p{Script=Latin}/u.test(word)).length;
  if (foreignScript * 2 > words.length) return true;
  const count = (list: ReadonlySet<string>) => words.filter((word) => list.has(word)).length;
  const [others, english] = [count(OTHERS), count(ENGLISH)];
  return others >= 2 && others > english;
}
