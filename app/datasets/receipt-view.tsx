import { useRevalidator } from "@remix-run/react";
import { useEffect, useState } from "react";
import { Banner } from "../ui/banner";
import { ButtonLink } from "../ui/button";
import { Card } from "../ui/card";
import { Page } from "../ui/page";
import { ImportProgressBar } from "./import-progress-bar";
import { ImportState } from "./import-table";
import type { ImportView } from "./import-view";
import { ReceiptFacts } from "./receipt-facts";
import { RejectionTable } from "./rejection-table";

const POLL_MS = 1_000;
/** After this long without a byte read, the page says that the upload may have broken off. */
const STALLED_MS = 20_000;

/** The receipt of an import, or its progress while it runs. */
export function ReceiptView({ view }: { view: ImportView }) {
  const { receipt } = view;
  return (
    <Page
      title={view.fileName}
      lead={
        <span className="flex items-center gap-2">
          Import receipt <ImportState state={view.state} />
        </span>
      }
      actions={
        view.rowsAccepted > 0 && view.state !== "running" ? (
          <ButtonLink to={`/data/${view.datasetId}/ask`} tone="primary" size="small">
            Ask about this dataset
          </ButtonLink>
        ) : (
          <ButtonLink to="/data" size="small">
            Back to data
          </ButtonLink>
        )
      }
    >
      <div className="grid gap-6">
        {view.state === "running" ? <Running view={view} /> : null}
        {receipt?.problem ? (
          <Banner tone="danger">
            <strong className="font-semibold">{receipt.problem.text}</strong> {receipt.problem.hint}
          </Banner>
        ) : view.problem ? (
          <Banner tone="danger">{view.problem}</Banner>
        ) : null}
        {receipt ? <ReceiptFacts receipt={receipt} pricing={view.pricing} /> : null}
        {receipt && receipt.rejections.length > 0 ? <RejectionTable receipt={receipt} /> : null}
      </div>
    </Page>
  );
}

function Running({ view }: { view: ImportView }) {
  const { revalidate } = useRevalidator();
  const [stalled, setStalled] = useState(false);
  useEffect(() => {
    const timer = setInterval(revalidate, POLL_MS);
    return () => clearInterval(timer);
  }, [revalidate]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: every byte read starts the wait anew
  useEffect(() => {
    setStalled(false);
    const timer = setTimeout(() => setStalled(true), STALLED_MS);
    return () => clearTimeout(timer);
  }, [view.bytesRead]);
  return (
    <Card className="grid gap-3 p-5">
      <ImportProgressBar
        label="Reading"
        done={view.bytesRead}
        total={view.fileBytes}
        rowsAccepted={view.rowsAccepted}
        rowsRejected={view.rowsRejected}
      />
      {stalled ? (
        <Banner tone="warn">
          Nothing was read for 20 seconds. If the page that uploads the file is closed, or the
          server was restarted, import the file again.
        </Banner>
      ) : null}
    </Card>
  );
}
