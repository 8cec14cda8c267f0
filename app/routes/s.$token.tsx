import { type MetaFunction, useLoaderData } from "@remix-run/react";
import type { LoaderFunctionArgs } from "@remix-run/server-runtime";
import { getServices, json } from "#platform";
import { SharedError, SharedFrame, sharedMeta } from "../chat/shared-page";
import { SharedThread, type SharedThreadFacts } from "../chat/shared-thread";
import { requireSharedThread, sharedHeaders, withoutWorkspace } from "../chat/shared-thread.server";
import { newestBranchOf, readThreadRecord } from "../chat/thread-record.server";

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: data ? `${data.title} · Netra` : "Not found · Netra" },
  ...sharedMeta,
];

export const headers = () => sharedHeaders;

/** A thread as whoever has the link sees it: what was asked and answered, and nobody's name. */
export async function loader({ params }: LoaderFunctionArgs) {
  const { db } = getServices();
  const { title, ...place } = await requireSharedThread(db, params.token);
  const { record, elsewhere } = newestBranchOf(await readThreadRecord(db, place));
  const facts: SharedThreadFacts = {
    address: `/s/${params.token}`,
    title,
    elsewhere,
    record: {
      ...record,
      evidence: Object.fromEntries(
        Object.values(record.evidence).map((evidence) => [
          evidence.label,
          withoutWorkspace(evidence, place.workspaceId),
        ]),
      ),
      messages: record.messages.map((message) => ({ ...message, author: null })),
    },
  };
  return json(facts, { headers: sharedHeaders });
}

export default function Shared() {
  // The loader's answer is JSON as it stands; Remix' own type loses the protocol's unions.
  return (
    <SharedFrame>
      <SharedThread facts={useLoaderData() as SharedThreadFacts} />
    </SharedFrame>
  );
}

export const ErrorBoundary = SharedError;
