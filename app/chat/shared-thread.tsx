import { useMemo } from "react";
import { EvidenceProvider } from "../insights/evidence-context";
import { EvidenceDrawer, useEvidenceDrawer } from "../insights/evidence-drawer";
import { ExchangeView } from "./exchange-view";
import type { ThreadView } from "./thread-state";
import { readingOrder } from "./timeline";

export interface SharedThreadFacts {
  /** Address of the page. */
  address: string;
  title: string;
  record: ThreadView;
}

/** A thread to read: as it stood when the page was asked for. */
export function SharedThread({ facts }: { facts: SharedThreadFacts }) {
  const { address, title, record } = facts;
  const exchanges = useMemo(() => readingOrder(record), [record]);
  const drawer = useEvidenceDrawer();
  return (
    <EvidenceProvider base={address} evidence={record.evidence} open={drawer.open}>
      <div className="mx-auto grid w-full max-w-3xl content-start gap-10 px-4 py-8 sm:px-8">
        <h1 className="text-xl font-semibold tracking-tight break-words">
          <bdi>{title}</bdi>
        </h1>
        {exchanges.map((exchange) => (
          <ExchangeView key={exchange.message.id} exchange={exchange} saysRuleBased={false} />
        ))}
        {exchanges.length === 0 ? (
          <p className="text-sm text-ink-3">Nothing was asked in this thread yet.</p>
        ) : null}
      </div>
      <EvidenceDrawer
        citation={drawer.citation}
        evidence={drawer.citation ? record.evidence[drawer.citation.evidence] : undefined}
        onClose={drawer.close}
        returnFocus={drawer.returnFocus}
      />
    </EvidenceProvider>
  );
}
