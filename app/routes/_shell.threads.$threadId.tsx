import {
  type MetaFunction,
  type ShouldRevalidateFunctionArgs,
  useActionData,
  useLoaderData,
} from "@remix-run/react";
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/server-runtime";
import { validate as isUuid, v7 as newId } from "uuid";
import { getServices, json, redirect } from "#platform";
import { requireMember } from "../auth/require-user.server";
import { issueRoomTicket } from "../auth/ticket.server";
import { questionsAsked } from "../chat/earlier-questions";
import { messageProblem } from "../chat/message-rules";
import { postMessage, sendProblem } from "../chat/post-message.server";
import { requireThread } from "../chat/require-thread.server";
import { ThreadPage, type ThreadPageFacts } from "../chat/thread-page";
import { latestOf, readThreadRecord } from "../chat/thread-record.server";
import { RouteError } from "../ui/error-page";

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: data ? `${data.title} · Netra` : "Not found · Netra" },
];

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { user, workspace, role } = await requireMember(request);
  const { db, config } = getServices();
  const thread = await requireThread(db, workspace.id, params.threadId);
  const shown = questionsAsked(new URL(request.url).searchParams);
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
    ...latestOf(
      await readThreadRecord(db, { workspaceId: workspace.id, threadId: thread.id }),
      shown,
    ),
  };
  return json(facts);
}

/** A message from a form without script. */
export async function action({ request, params }: ActionFunctionArgs) {
  const member = await requireMember(request, { atLeast: "member" });
  const { db, rooms } = getServices();
  const thread = await requireThread(db, member.workspace.id, params.threadId);
  const form = await request.formData();
  const text = String(form.get("text") ?? "").trim();
  const given = form.get("messageId");
  const id = typeof given === "string" && isUuid(given) ? given : newId();
  const whenBusy = form.get("whenBusy") === "replace" ? ("replace" as const) : ("queue" as const);
  const problem = messageProblem(text);
  if (problem !== null) return json({ problem, text }, { status: 400 });
  try {
    const ticket = await issueRoomTicket(member, thread.id);
    await postMessage(rooms, { threadId: thread.id, ticket, id, text, whenBusy });
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
