import { Link } from "@remix-run/react";
import { ArrowLeft } from "lucide-react";
import type { Evidence } from "../../party/protocol";
import { Card } from "../ui/card";
import type { EvidenceCheckPlace } from "./evidence-check";
import type { Citation } from "./evidence-context";
import { EvidenceView } from "./evidence-view";

/** The receipt as a page of its own: for readers without script, new tabs and links in mails. */
export function EvidencePaper({
  thread,
  evidence,
  citation,
  check,
}: {
  /** Where the way back leads. */
  thread: { address: string; title: string };
  evidence: Evidence;
  citation: Citation;
  check: EvidenceCheckPlace | null;
}) {
  return (
    <div className="mx-auto w-full max-w-2xl px-4 py-6 sm:px-8 sm:py-10">
      <Link
        to={thread.address}
        className="inline-flex min-h-8 max-w-full items-center gap-1.5 text-[0.8125rem] text-ink-2 hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-3.5 shrink-0" />
        <bdi className="truncate">{thread.title}</bdi>
      </Link>
      <h1 className="mt-2 mb-4 text-xl font-semibold tracking-tight">
        Evidence <span className="font-mono">{evidence.label}</span>
      </h1>
      <Card>
        <EvidenceView evidence={evidence} citation={citation} check={check} />
      </Card>
    </div>
  );
}
