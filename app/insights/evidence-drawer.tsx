import { useSearchParams } from "@remix-run/react";
import { useCallback, useMemo, useRef } from "react";
import type { Evidence } from "../../party/protocol";
import { Banner } from "../ui/banner";
import { Drawer } from "../ui/drawer";
import { useBrowserLayoutEffect } from "../ui/use-browser-layout-effect";
import { type Citation, readCitation } from "./evidence-context";
import { EvidenceView } from "./evidence-view";

/** The drawer's state lives in the address (`?evidence=E7`), so that it can be linked to and survives a reload. */
export function useEvidenceDrawer() {
  const [query, setQuery] = useSearchParams();
  const opener = useRef<{ element: HTMLElement; top: number } | null>(null);
  const label = query.get("evidence");
  const citation = useMemo(() => (label ? readCitation(label, query) : null), [label, query]);

  const open = useCallback(
    (next: Citation, from: HTMLElement) => {
      opener.current = { element: from, top: from.getBoundingClientRect().top };
      setQuery(
        {
          evidence: next.evidence,
          ...(next.segment === null ? {} : { segment: next.segment }),
          ...(next.key === null ? {} : { key: next.key }),
        },
        { preventScrollReset: true, replace: label !== null },
      );
    },
    [setQuery, label],
  );

  const close = useCallback(() => {
    if (opener.current) opener.current.top = opener.current.element.getBoundingClientRect().top;
    setQuery({}, { preventScrollReset: true, replace: true });
  }, [setQuery]);

  // The page makes room for the drawer and its lines break anew: keep what was clicked where it was.
  const isOpen = citation !== null;
  useBrowserLayoutEffect(() => {
    const from = opener.current;
    if (!from?.element.isConnected) return;
    window.scrollBy(0, from.element.getBoundingClientRect().top - from.top);
  }, [isOpen]);

  const returnFocus = useCallback(() => opener.current?.element ?? null, []);
  return { citation, open, close, returnFocus };
}

export function EvidenceDrawer({
  citation,
  evidence,
  checkBase,
  onClose,
  returnFocus,
}: {
  citation: Citation | null;
  evidence: Evidence | undefined;
  /** Address of the thread whose evidence may be checked again; null for readers who may not. */
  checkBase: string | null;
  onClose: () => void;
  returnFocus: () => HTMLElement | null;
}) {
  return (
    <Drawer
      open={citation !== null}
      onClose={onClose}
      returnFocus={returnFocus}
      title={<span className="font-mono">{citation?.evidence}</span>}
      description="Where this figure comes from"
    >
      {citation === null ? null : evidence ? (
        <EvidenceView
          key={`${citation.evidence} ${citation.segment} ${citation.key}`}
          evidence={evidence}
          citation={citation}
          check={
            checkBase === null
              ? null
              : { action: `${checkBase}/evidence/${evidence.label}`, outcome: null }
          }
        />
      ) : (
        <div className="p-5">
          <Banner tone="warn">
            This thread has no evidence {citation.evidence}, or it has not arrived yet.
          </Banner>
        </div>
      )}
    </Drawer>
  );
}
