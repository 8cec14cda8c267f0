import type { RichText } from "../../party/protocol";
import { inPlace } from "../ui/in-place";
import { FigureLink } from "./figure-link";

/** Text whose figures open their receipts. Names in it are text and nothing else. */
export function RichTextView({ text }: { text: RichText }) {
  return (
    <>
      {inPlace(text).map(({ place, item }) =>
        typeof item === "string" ? (
          <span key={place} className="whitespace-pre-line">
            {item}
          </span>
        ) : (
          <FigureLink key={place} figure={item} />
        ),
      )}
    </>
  );
}
