import {
  type MetaFunction,
  type ShouldRevalidateFunctionArgs,
  useActionData,
  useLoaderData,
} from "@remix-run/react";
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/server-runtime";
import { validate as isUuid, v7 as newId } from "uuid";
import { getServices, json, redirect } from "#platform";
import { findMessageSeq } from "../../db/postgres";
import { versionsLeadingTo } from "../../party/protocol";
import { requireMember } from "../auth/require-user.server";
import { issueRoomTicket } from "../auth/ticket.server";
import { questionsAsked } from "../chat/earlier-questions";
import { readFormWriting } from "../chat/form-writing";
import { withOpenApprovals } from "../chat/open-approvals.server";
import { postWriting, sendProblem } from "../chat/post-message.server";
import { requireThread } from "../chat/require-thread.server";
import { ThreadPage, type ThreadPageFacts } from "../chat/thread-page";
import { latestOf, readThreadRecord } from "../chat/thread-record.server";
import { questionsOf } from "../chat/timeline";
import { RouteError } from "../ui/error-page";

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: data ? `${data.title} · Netra` : "Not found · Netra" },
];

export async function loader({ request, params }: LoaderFunctionArgs) {
  const member = await requireMember(request);
  const { user, workspace, role } = member;
  const { db, config, rooms } = getServices();
  const thread = await requireThread(db, workspace.id, params.threadId);
  const query = new URL(request.url).searchParams;
  const shown = questionsAsked(query);
  const key = { workspaceId: workspace.id, threadId: thread.id };
  const record = await withOpenApprovals(
    await readThreadRecord(db, key),
    {
      rooms,
      threadId: thread.id,
      ticket: () => issueRoomTicket(member, thread.id),
    },
    (messageId) => findMessageSeq(db, { ...key, messageId }),
  );
  const chosen = versionsLeadingTo(questionsOf(record), query.get("version") ?? "");
  const facts: ThreadPageFacts = {
    threadId: thread.id,
    readerId: user.id,
    title: thread.title,
    titleIsFinal: thread.titleSource === "human",
    archived: thread.archivedAt !== null,
    mayChange: role !== "viewer",
    role,
    roomsUrl: config.ROOMS_URL,
    messageId: newId(),
    shown,
    chosen: [...chosen],
    ...latestOf(record, shown, chosen),
  };
  return json(facts);
}

/** A message, a retry or a decision from a form without script. */
export async function action({ request, params }: ActionFunctionArgs) {
  const member = await requireMember(request, { atLeast: "member" });
  const { db, rooms } = getServices();
  const thread = await requireThread(db, member.workspace.id, params.threadId);
  const form = await request.formData();
  const text = String(form.get("text") ?? "").trim();
  const given = form.get("messageId");
  const id = typeof given === "string" && isUuid(given) ? given : newId();
  const read = readFormWriting(form, id);
  if (!read.ok) return json({ problem: read.problem, text }, { status: 400 });
  try {
    const ticket = await issueRoomTicket(member, thread.id);
    await postWriting(rooms, { threadId: thread.id, ticket, writing: read.writing });
  } catch (error) {
    return json({ problem: sendProblem(error), text }, { status: 503 });
  }
  return redirect(`/threads/${thread.id}`);
}

/** The room keeps the page up to date: opening a drawer or a new title asks nothing of the record. */
export function shouldRevalidate({
  currentParams,
  nextParams,
  currentUrl,
  nextUrl,
  formMethod,
}: ShouldRevalidateFunctionArgs) {
  return (
    formMethod !== undefined ||
    currentParams.threadId !== nextParams.threadId ||
    questionsAsked(nextUrl.searchParams) > questionsAsked(currentUrl.searchParams)
  );
}

export default function Thread() {
  // The loader's answer is JSON as it stands; Remix' own type loses the protocol's unions.
  const facts = useLoaderData() as ThreadPageFacts;
  const outcome = useActionData<typeof action>();
  return <ThreadPage key={facts.threadId} facts={facts} outcome={outcome ?? null} />;
}

export function ErrorBoundary() {
  return <RouteError />;
}
