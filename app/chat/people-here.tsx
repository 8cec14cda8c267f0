import type { Attendance } from "./live-thread";

/** Names shown as initials before the rest are counted. */
const SHOWN = 4;

/** Who else has the thread open now. Nothing when the reader is alone. */
export function PeopleHere({ people, readerId }: { people: Attendance; readerId: string }) {
  const others = people.people.filter(({ id }) => id !== readerId);
  const shown = others.slice(0, SHOWN);
  const more = others.length - shown.length + people.more;
  if (others.length === 0) return null;
  return (
    <ul aria-label="Also here" className="flex shrink-0 -space-x-1">
      {shown.map(({ id, name }) => (
        <li
          key={id}
          title={`${name} is here, too`}
          className="grid size-6 place-items-center rounded-full border border-canvas bg-sunken text-2xs font-medium text-ink-2"
        >
          <span aria-hidden>{initialsOf(name)}</span>
          <span className="sr-only">{name}</span>
        </li>
      ))}
      {more > 0 ? (
        <li className="grid h-6 place-items-center rounded-full border border-canvas bg-sunken px-1.5 text-2xs font-medium text-ink-2">
          <span aria-hidden>+{more}</span>
          <span className="sr-only">and {more} more</span>
        </li>
      ) : null}
    </ul>
  );
}

/** The first letters of the first and the last word of a name. */
function initialsOf(name: string): string {
  const words = name.split(/[\s@._-]+/u).filter((word) => word !== "");
  const [first, last] = [words[0], words.length > 1 ? words.at(-1) : undefined];
  const letters = [first, last].flatMap((word) => (word ? [...word].slice(0, 1) : []));
  return letters.join("").toLocaleUpperCase() || "?";
}
