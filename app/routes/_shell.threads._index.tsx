import {
  type MetaFunction,
  useActionData,
  useLoaderData,
  useNavigation,
  useSubmit,
} from "@remix-run/react";
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/server-runtime";
import { validate as isUuid, v7 as newId } from "uuid";
import { getServices, json, redirect } from "#platform";
import { createThread, findThread, listDatasets } from "../../db/postgres";
import { requireMember } from "../auth/require-user.server";
import { issueRoomTicket } from "../auth/ticket.server";
import { ChangeButton } from "../chat/change-button";
import { Composer } from "../chat/composer";
import { exampleQuestions } from "../chat/example-questions";
import { messageProblem } from "../chat/message-rules";
import { postWriting, sendProblem } from "../chat/post-message.server";
import { ThreadList } from "../chat/thread-list";
import { readDoneChange, readThreadList } from "../chat/thread-list.server";
import { titleOf } from "../chat/thread-title";
import { Banner } from "../ui/banner";
import { ButtonLink } from "../ui/button";
import { RouteError } from "../ui/error-page";

export const meta: MetaFunction = () => [{ title: "Threads · Netra" }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { workspace, role } = await requireMember(request);
  const { db } = getServices();
  const query = new URL(request.url).searchParams;
  const [list, done, datasets] = await Promise.all([
    readThreadList(db, workspace.id, query),
    readDoneChange(db, workspace.id, query),
    listDatasets(db, { workspaceId: workspace.id, withCalls: true }),
  ]);
  return json({
    list: { ...list, mayChange: role !== "viewer" },
    done,
    asks: list.firstPage && list.search === "" && list.list === "current",
    hasData: datasets.some(({ source }) => source !== "crew"),
    question: query.get("question") ?? "",
  });
}

/** Makes a thread and hands its first message to the room. The same ids again make nothing twice. */
export async function action({ request }: ActionFunctionArgs) {
  const member = await requireMember(request, { atLeast: "member" });
  const { db, rooms } = getServices();
  const form = await request.formData();
  const text = String(form.get("text") ?? "").trim();
  let threadId = idFrom(form.get("threadId"));
  const messageId = idFrom(form.get("messageId"));
  const problem = messageProblem(text);
  if (problem !== null) return json({ problem, text, threadId, messageId }, { status: 400 });

  const made = {
    workspaceId: member.workspace.id,
    createdBy: member.user.id,
    title: titleOf(text),
  };
  await createThread(db, { ...made, id: threadId });
  if (!(await findThread(db, { workspaceId: made.workspaceId, threadId }))) {
    // The id is another workspace's, or of a deleted thread: that must not show.
    threadId = newId();
    await createThread(db, { ...made, id: threadId });
  }
  try {
    const ticket = await issueRoomTicket(member, threadId);
    const writing = { type: "message.send", id: messageId, text, whenBusy: "queue" } as const;
    await postWriting(rooms, { threadId, ticket, writing });
  } catch (error) {
    return json({ problem: sendProblem(error), text, threadId, messageId }, { status: 503 });
  }
  return redirect(`/threads/${threadId}`);
}

function idFrom(field: FormDataEntryValue | null): string {
  return typeof field === "string" && isUuid(field) ? field : newId();
}

export default function Threads() {
  const { list, done, asks, hasData, question } = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>();
  const submit = useSubmit();
  const busy = useNavigation().formMethod === "POST";

  function start(text: string) {
    // After a failure the same text keeps its ids, so that a thread made half is not made twice.
    const again = outcome?.text === text ? outcome : null;
    submit(
      { text, threadId: again?.threadId ?? newId(), messageId: again?.messageId ?? newId() },
      { method: "post", action: "/threads?index" },
    );
  }

  return (
    <div className="mx-auto w-full max-w-3xl px-4 pt-8 pb-12 sm:px-8 sm:pt-16">
      {done ? (
        <Banner
          className="mb-6"
          action={<ChangeButton threadId={done.threadId} change={done.undo} label="Undo" />}
        >
          {done.text}
        </Banner>
      ) : null}
      {asks ? (
        <>
          <h1 className="mb-4 text-2xl font-semibold tracking-tight text-balance">
            What do you want to know about your calls?
          </h1>
          {hasData ? null : (
            <Banner
              tone="info"
              className="mb-3"
              action={
                <ButtonLink to="/data" size="small">
                  Import calls
                </ButtonLink>
              }
            >
              This workspace holds no calls yet, so there is nothing to measure.
            </Banner>
          )}
          <Composer
            key={question}
            draftName={question === "" ? "new" : "about-dataset"}
            action="/threads?index"
            initialText={question}
            restored={outcome?.text}
            placeholder="Ask about cost, latency, caching or models"
            problem={busy ? null : (outcome?.problem ?? null)}
            busy={busy}
            rows={2}
            onSend={start}
            hint={busy ? "Starting the crew…" : "Enter sends, Shift+Enter starts a new line"}
            hidden={
              outcome ? (
                <>
                  <input type="hidden" name="threadId" value={outcome.threadId} />
                  <input type="hidden" name="messageId" value={outcome.messageId} />
                </>
              ) : null
            }
          />
          <ul className="mt-4 mb-12 grid gap-2 sm:grid-cols-2" aria-label="Example questions">
            {exampleQuestions.map((example) => (
              <li key={example.text}>
                <form
                  method="post"
                  action="/threads?index"
                  className="h-full"
                  onSubmit={(event) => {
                    event.preventDefault();
                    if (!busy) start(example.text);
                  }}
                >
                  <input type="hidden" name="text" value={example.text} />
                  <button
                    type="submit"
                    className="h-full w-full rounded-xl border border-line px-3.5 py-2.5 text-left text-[0.8125rem] leading-5 text-ink-2 hover:border-line-strong hover:bg-surface hover:text-ink"
                  >
                    <span className="block font-medium text-ink">{example.label}</span>
                    {example.text}
                  </button>
                </form>
              </li>
            ))}
          </ul>
        </>
      ) : (
        <h1 className="sr-only">Threads</h1>
      )}
      <ThreadList facts={list} />
    </div>
  );
}

export function ErrorBoundary() {
  return <RouteError />;
}
