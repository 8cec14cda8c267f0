import { useMemo } from "react";
import { EvidenceProvider } from "../insights/evidence-context";
import { EvidenceDrawer, useEvidenceDrawer } from "../insights/evidence-drawer";
import { classNames } from "../ui/class-names";
import { useWideWindow } from "../ui/drawer";
import { ExchangeView } from "./exchange-view";
import { offscreen } from "./offscreen";
import type { ThreadView } from "./thread-state";
import { otherVersions, readingOrder } from "./timeline";

export interface SharedThreadFacts {
  /** Address of the page. */
  address: string;
  title: string;
  /** Questions that stand in other branches than the one shown. */
  elsewhere: number;
  record: ThreadView;
}

/** A thread to read: as it stood when the page was asked for. */
export function SharedThread({ facts }: { facts: SharedThreadFacts }) {
  const { address, title, elsewhere, record } = facts;
  const exchanges = useMemo(() => readingOrder(record), [record]);
  const drawer = useEvidenceDrawer();
  const wide = useWideWindow();
  return (
    <EvidenceProvider base={address} evidence={record.evidence} open={drawer.open}>
      <div className={classNames(drawer.citation && wide && "min-[1100px]:pr-[28rem]")}>
        <div className="mx-auto grid w-full max-w-3xl content-start gap-10 px-4 py-8 sm:px-8">
          <h1 className="text-xl font-semibold tracking-tight break-words">
            <bdi>{title}</bdi>
          </h1>
          {elsewhere > 0 ? <p className="text-sm text-ink-3">{otherVersions(elsewhere)}</p> : null}
          {exchanges.map((exchange) => (
            <div key={exchange.message.id} className={offscreen}>
              <ExchangeView exchange={exchange} saysRuleBased={false} />
            </div>
          ))}
          {exchanges.length === 0 ? (
            <p className="text-sm text-ink-3">Nothing was asked in this thread yet.</p>
          ) : null}
        </div>
      </div>
      <EvidenceDrawer
        citation={drawer.citation}
        evidence={drawer.citation ? record.evidence[drawer.citation.evidence] : undefined}
        checkBase={null}
        onClose={drawer.close}
        returnFocus={drawer.returnFocus}
      />
    </EvidenceProvider>
  );
}
