import { Link, useSubmit } from "@remix-run/react";
import { Archive, ArchiveRestore, Download, Ellipsis, Pencil, Share2, Trash2 } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { buttonClass } from "../ui/button";
import { exportAddress, exportFormats } from "./export-address";
import type { ThreadChange } from "./thread-changes";

const itemClass =
  "flex h-8 w-full cursor-default items-center gap-2 rounded-md px-2 text-[0.8125rem] outline-none select-none data-highlighted:bg-sunken pointer-coarse:h-11";

/** What can be done with the thread as a whole. Without script it is a link to the page that does it. */
export function ThreadMenu({
  threadId,
  archived,
  mayChange,
}: {
  threadId: string;
  archived: boolean;
  mayChange: boolean;
}) {
  const submit = useSubmit();
  const page = `/threads/${threadId}/manage`;
  const make = (change: ThreadChange) => submit({ change }, { method: "post", action: page });
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Link
          to={page}
          aria-label="Manage this thread"
          className={buttonClass("ghost", "icon")}
          onClick={(event) => event.preventDefault()}
        >
          <Ellipsis aria-hidden className="size-4" />
        </Link>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          className="z-50 w-56 rounded-xl border border-line bg-raised p-1 shadow-raised"
        >
          {mayChange ? (
            <>
              <DropdownMenu.Item asChild className={itemClass}>
                <Link to={page}>
                  <Pencil aria-hidden className="size-3.5" />
                  Rename
                </Link>
              </DropdownMenu.Item>
              <DropdownMenu.Item asChild className={itemClass}>
                <Link to={`${page}#share`}>
                  <Share2 aria-hidden className="size-3.5" />
                  Share
                </Link>
              </DropdownMenu.Item>
              <DropdownMenu.Item
                className={itemClass}
                onSelect={() => make(archived ? "unarchive" : "archive")}
              >
                {archived ? (
                  <ArchiveRestore aria-hidden className="size-3.5" />
                ) : (
                  <Archive aria-hidden className="size-3.5" />
                )}
                {archived ? "Unarchive" : "Archive"}
              </DropdownMenu.Item>
              <DropdownMenu.Separator className="my-1 h-px bg-line" />
            </>
          ) : null}
          {exportFormats.map(({ ending, name }) => (
            <DropdownMenu.Item key={ending} asChild className={itemClass}>
              <a href={exportAddress(threadId, ending)} download>
                <Download aria-hidden className="size-3.5" />
                Export as {name}
              </a>
            </DropdownMenu.Item>
          ))}
          {mayChange ? (
            <>
              <DropdownMenu.Separator className="my-1 h-px bg-line" />
              <DropdownMenu.Item
                className={`${itemClass} text-danger`}
                onSelect={() => make("delete")}
              >
                <Trash2 aria-hidden className="size-3.5" />
                Delete
              </DropdownMenu.Item>
            </>
          ) : null}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
