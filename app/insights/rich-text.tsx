import { Link } from "@remix-run/react";
import type { RichText } from "../../party/protocol";
import { inPlace } from "../ui/in-place";
import { FigureLink } from "./figure-link";
import { leavePath, partsOf } from "./foreign-links";

/**
 * Text whose figures open their receipts. Names in it are text and nothing else; a foreign address leads to a
 * page that says where it leads, and nothing is loaded from it.
 */
export function RichTextView({ text }: { text: RichText }) {
  return (
    <>
      {inPlace(text).map(({ place, item }) =>
        typeof item === "string" ? (
          <span key={place} className="whitespace-pre-line">
            <TextView text={item} />
          </span>
        ) : (
          <FigureLink key={place} figure={item} />
        ),
      )}
    </>
  );
}

function TextView({ text }: { text: string }) {
  return inPlace(partsOf(text)).map(({ place, item }) =>
    item.address === null ? (
      item.text
    ) : (
      <Link
        key={place}
        to={leavePath(item.address)}
        rel="nofollow"
        className="break-all underline decoration-dotted underline-offset-2"
      >
        {item.text}
      </Link>
    ),
  );
}
