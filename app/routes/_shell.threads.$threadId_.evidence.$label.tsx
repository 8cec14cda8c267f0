import { type MetaFunction, useActionData, useLoaderData } from "@remix-run/react";
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/server-runtime";
import { getServices, json } from "#platform";
import type { Evidence } from "../../party/protocol";
import { requireMember } from "../auth/require-user.server";
import { requireEvidence, requireThread } from "../chat/require-thread.server";
import { type CheckOutcome, checkEvidence } from "../insights/check-evidence.server";
import { type Citation, readCitation } from "../insights/evidence-context";
import { EvidencePaper } from "../insights/evidence-paper";
import { RouteError } from "../ui/error-page";

interface EvidencePageFacts {
  threadId: string;
  threadTitle: string;
  evidence: Evidence;
  citation: Citation;
}

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: data ? `${data.evidence.label} · ${data.threadTitle} · Netra` : "Not found · Netra" },
];

/** The receipt as a page of its own: for readers without script, new tabs and links in mails. */
export async function loader({ request, params }: LoaderFunctionArgs) {
  const { thread, evidence } = await find(request, params);
  const facts: EvidencePageFacts = {
    threadId: thread.id,
    threadTitle: thread.title,
    evidence,
    citation: readCitation(evidence.label, new URL(request.url).searchParams),
  };
  return json(facts);
}

/** "Check again": asks the recorded question once more. Changes nothing, so every member may. */
export async function action({ request, params }: ActionFunctionArgs) {
  const { workspaceId, evidence } = await find(request, params);
  return json(await checkEvidence(getServices(), { workspaceId, evidence }, request));
}

async function find(request: Request, params: LoaderFunctionArgs["params"]) {
  const { workspace } = await requireMember(request);
  const { db } = getServices();
  const thread = await requireThread(db, workspace.id, params.threadId);
  const place = { workspaceId: workspace.id, threadId: thread.id };
  const evidence = await requireEvidence(db, place, params.label);
  return { workspaceId: workspace.id, thread, evidence };
}

export default function EvidencePage() {
  // The loader's answer is JSON as it stands; Remix' own type loses the protocol's unions.
  const { threadId, threadTitle, evidence, citation } = useLoaderData() as EvidencePageFacts;
  const outcome = useActionData() as CheckOutcome | undefined;
  return (
    <EvidencePaper
      thread={{ address: `/threads/${threadId}`, title: threadTitle }}
      evidence={evidence}
      citation={citation}
      check={{
        action: `/threads/${threadId}/evidence/${evidence.label}`,
        outcome: outcome ?? null,
      }}
    />
  );
}

export function ErrorBoundary() {
  return <RouteError />;
}
