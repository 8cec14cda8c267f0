import { Form, Link } from "@remix-run/react";
import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import type { ActionState } from "../../party/protocol";
import type { EvidenceValue } from "../../party/protocol/evidence";
import { formatValue } from "../../party/protocol/format";
import { Badge } from "../ui/badge";
import { Banner } from "../ui/banner";
import { Button } from "../ui/button";
import { Card } from "../ui/card";
import { formatInstant } from "../ui/relative-time";
import { outcomeText, type StoredVerification } from "./action-verification";
import { Receipt } from "./receipt";

/** An action of a report and what became of it. Instants are ISO-8601. */
export interface TrackedAction {
  thread: { address: string; title: string };
  title: string;
  state: ActionState;
  /** What it promises, as its report says it; null when it is not known. */
  promised: string | null;
  acceptedBy: string | null;
  acceptedAt: string | null;
  doneAt: string | null;
  verifiedAt: string | null;
  verification: StoredVerification | null;
  mayChange: boolean;
}

const steps: readonly ActionState[] = ["proposed", "accepted", "done", "verified"];

/** Accept, mark as done, verify: one form each, with and without script. */
export function ActionPage({
  tracked,
  problem,
}: {
  tracked: TrackedAction;
  problem: string | null;
}) {
  const { thread, state, mayChange } = tracked;
  return (
    <div className="mx-auto w-full max-w-2xl px-4 py-6 sm:px-8 sm:py-10">
      <Link
        to={thread.address}
        className="inline-flex min-h-8 max-w-full items-center gap-1.5 text-[0.8125rem] text-ink-2 hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-3.5 shrink-0" />
        <bdi className="truncate">{thread.title}</bdi>
      </Link>
      <h1 className="mt-2 mb-3 text-xl font-semibold tracking-tight break-words">
        {tracked.title}
      </h1>
      <ol aria-label="State" className="mb-4 flex flex-wrap gap-1.5">
        {steps.map((step) => (
          <li key={step} aria-current={step === state ? "step" : undefined}>
            <Badge tone={step === state ? "accent" : "neutral"}>{step}</Badge>
          </li>
        ))}
      </ol>
      <div className="grid gap-3">
        {problem ? <Banner tone="danger">{problem}</Banner> : null}
        <Card className="grid gap-3 p-4 text-sm">
          <Facts tracked={tracked} />
          {mayChange ? <Next state={state} /> : null}
        </Card>
        {tracked.verification ? (
          <Outcome verification={tracked.verification} at={tracked.verifiedAt} />
        ) : null}
      </div>
    </div>
  );
}

function Facts({ tracked }: { tracked: TrackedAction }) {
  const { promised, acceptedAt, acceptedBy, doneAt } = tracked;
  return (
    <dl className="grid gap-2">
      <Fact name="Promised">{promised ?? "not known"}</Fact>
      {acceptedAt ? (
        <Fact name="Accepted">
          {formatInstant(acceptedAt)}
          {acceptedBy ? ` by ${acceptedBy}` : ""}
        </Fact>
      ) : null}
      {doneAt ? <Fact name="Done">{formatInstant(doneAt)}</Fact> : null}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid gap-1 sm:grid-cols-[11rem_1fr] sm:gap-3">
      <dt className="text-xs leading-5 text-ink-3">{name}</dt>
      <dd className="min-w-0 leading-5 break-words">{children}</dd>
    </div>
  );
}

function Next({ state }: { state: ActionState }) {
  switch (state) {
    case "proposed":
      return (
        <Step change="accept" label="Accept">
          Accepting keeps what it promises, to be compared with what comes of it.
        </Step>
      );
    case "accepted":
      return (
        <Step change="done" label="Mark as done">
          From the next day (UTC) on, calls count as made after the change.
        </Step>
      );
    case "done":
    case "verified":
      return (
        <Step change="verify" label={state === "done" ? "Verify" : "Verify again"}>
          Compares the days before with the days since, corrected by features that were not touched.
        </Step>
      );
  }
}

function Step({ change, label, children }: { change: string; label: string; children: ReactNode }) {
  return (
    <Form
      method="post"
      className="flex flex-wrap items-center gap-3 border-t border-line pt-3 text-[0.8125rem] text-ink-2"
    >
      <p className="min-w-0 flex-1 basis-56">{children}</p>
      <Button type="submit" name="change" value={change} tone="primary">
        {label}
      </Button>
    </Form>
  );
}

/** Figures that say most, first; the others follow in the order of the receipt. */
function Outcome({ verification, at }: { verification: StoredVerification; at: string | null }) {
  const { draft, state, verdict } = verification;
  return (
    <Card className="grid min-w-0 gap-3 p-4 text-sm">
      <h2 className="text-sm font-semibold">
        Verification{" "}
        {at ? <span className="font-normal text-ink-3">of {formatInstant(at)}</span> : null}
      </h2>
      <Banner tone={state === "verified" && verdict !== "kept" ? "warn" : "info"}>
        {outcomeText(verification)}
      </Banner>
      <dl className="grid gap-1.5">
        {draft.values
          .filter(({ key }) => isShown(key, state))
          .map((value) => (
            <Fact key={value.key} name={value.label}>
              <span className="figure-strong">{shown(value)}</span>
            </Fact>
          ))}
      </dl>
      <Receipt draft={draft} />
    </Card>
  );
}

/** The sentence above says already whether the promise was kept, and needs no more calls once it is verified. */
function isShown(key: string, state: StoredVerification["state"]): boolean {
  return key !== "kept" && (key !== "calls_needed" || state !== "verified");
}

function shown(value: EvidenceValue): string {
  return value.value === null ? "not known yet" : formatValue(value);
}
