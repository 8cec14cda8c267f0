import { createContext, type ReactNode, useContext, useMemo } from "react";
import type { Evidence } from "../../party/protocol";

/** Which value of which evidence a figure shows. */
export interface Citation {
  evidence: string;
  segment: string | null;
  /** Null cites the evidence as a whole. */
  key: string | null;
}

interface EvidenceAccess {
  find: (label: string) => Evidence | undefined;
  /** The page that shows the evidence without any script. */
  addressOf: (citation: Citation) => string;
  /** The page on which an action is accepted and verified; null where the reader cannot (a shared link). */
  actionAddress: ((actionId: string) => string) | null;
  /** Opens the drawer; null where there is none (the evidence page itself). */
  open: ((citation: Citation, from: HTMLElement) => void) | null;
}

const Context = createContext<EvidenceAccess | null>(null);

export function EvidenceProvider({
  base,
  evidence,
  open,
  tracksActions = false,
  children,
}: {
  /** Address of the page that the thread is shown at: `/threads/ID`, or that of a shared link. */
  base: string;
  evidence: Record<string, Evidence>;
  open: EvidenceAccess["open"];
  tracksActions?: boolean;
  children: ReactNode;
}) {
  const access = useMemo<EvidenceAccess>(
    () => ({
      find: (label) => evidence[label],
      addressOf: (citation) => `${base}/evidence/${citation.evidence}${citationQuery(citation)}`,
      actionAddress: tracksActions ? (actionId) => `${base}/actions/${actionId}` : null,
      open,
    }),
    [base, evidence, open, tracksActions],
  );
  return <Context.Provider value={access}>{children}</Context.Provider>;
}

export function useEvidence(): EvidenceAccess {
  const access = useContext(Context);
  if (!access) throw new Error("A figure was rendered outside an EvidenceProvider");
  return access;
}

/** `?segment=…&key=…` of a citation; empty when it cites the whole. */
export function citationQuery(citation: Citation): string {
  const query = new URLSearchParams();
  if (citation.segment !== null) query.set("segment", citation.segment);
  if (citation.key !== null) query.set("key", citation.key);
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

/** The citation that an address carries: `evidence` from its path or query, the rest from its query. */
export function readCitation(label: string, query: URLSearchParams): Citation {
  return { evidence: label, segment: query.get("segment"), key: query.get("key") };
}
