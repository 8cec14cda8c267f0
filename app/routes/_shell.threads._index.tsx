import {
  Link,
  type MetaFunction,
  useActionData,
  useLoaderData,
  useNavigation,
  useSubmit,
} from "@remix-run/react";
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/server-runtime";
import { MessagesSquare } from "lucide-react";
import { validate as isUuid, v7 as newId } from "uuid";
import { getServices, json, redirect } from "#platform";
import { createThread, listDatasets, listThreads } from "../../db/postgres";
import { requireMember } from "../auth/require-user.server";
import { issueRoomTicket } from "../auth/ticket.server";
import { Composer } from "../chat/composer";
import { exampleQuestions } from "../chat/example-questions";
import { messageProblem } from "../chat/message-rules";
import { postMessage, sendProblem } from "../chat/post-message.server";
import { ThreadRow } from "../chat/thread-row";
import { titleOf } from "../chat/thread-title";
import { Banner } from "../ui/banner";
import { ButtonLink } from "../ui/button";
import { EmptyState } from "../ui/empty-state";
import { RouteError } from "../ui/error-page";

const PAGE = 30;

export const meta: MetaFunction = () => [{ title: "Threads · Netra" }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { workspace } = await requireMember(request);
  const { db } = getServices();
  const query = new URL(request.url).searchParams;
  const [page, datasets] = await Promise.all([
    listThreads(db, { workspaceId: workspace.id, limit: PAGE, after: query.get("after") }),
    listDatasets(db, { workspaceId: workspace.id, withCalls: true }),
  ]);
  return json({
    threads: page.threads.map((thread) => ({
      id: thread.id,
      title: thread.title,
      lastActivityAt: thread.lastActivityAt.toISOString(),
      runState: thread.runState,
    })),
    next: page.next,
    firstPage: !query.has("after"),
    hasData: datasets.length > 0,
    question: query.get("question") ?? "",
  });
}

/** Makes a thread and hands its first message to the room. The same ids again make nothing twice. */
export async function action({ request }: ActionFunctionArgs) {
  const member = await requireMember(request, { atLeast: "member" });
  const { db, config } = getServices();
  const form = await request.formData();
  const text = String(form.get("text") ?? "").trim();
  const threadId = idFrom(form.get("threadId"));
  const messageId = idFrom(form.get("messageId"));
  const problem = messageProblem(text);
  if (problem !== null) return json({ problem, text, threadId, messageId }, { status: 400 });

  await createThread(db, {
    id: threadId,
    workspaceId: member.workspace.id,
    createdBy: member.user.id,
    title: titleOf(text),
  });
  try {
    const ticket = await issueRoomTicket(member, threadId);
    await postMessage(config, { threadId, ticket, id: messageId, text });
  } catch (error) {
    return json({ problem: sendProblem(error), text, threadId, messageId }, { status: 503 });
  }
  return redirect(`/threads/${threadId}`);
}

function idFrom(field: FormDataEntryValue | null): string {
  return typeof field === "string" && isUuid(field) ? field : newId();
}

export default function Threads() {
  const { threads, next, firstPage, hasData, question } = useLoaderData<typeof loader>();
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
      {firstPage ? (
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
              <li key={example}>
                <form
                  method="post"
                  action="/threads?index"
                  className="h-full"
                  onSubmit={(event) => {
                    event.preventDefault();
                    if (!busy) start(example);
                  }}
                >
                  <input type="hidden" name="text" value={example} />
                  <button
                    type="submit"
                    className="h-full w-full rounded-xl border border-line px-3.5 py-2.5 text-left text-[0.8125rem] leading-5 text-ink-2 hover:border-line-strong hover:bg-surface hover:text-ink"
                  >
                    {example}
                  </button>
                </form>
              </li>
            ))}
          </ul>
        </>
      ) : null}

      <h2 className="mb-2 text-sm font-semibold">{firstPage ? "Threads" : "Earlier threads"}</h2>
      {threads.length === 0 ? (
        <EmptyState icon={MessagesSquare} title="No threads yet">
          Ask a question above. The crew measures your calls and answers with a report whose figures
          all open their receipts.
        </EmptyState>
      ) : (
        <ul className="-mx-2">
          {threads.map((thread) => (
            <ThreadRow key={thread.id} thread={thread} />
          ))}
        </ul>
      )}
      <nav aria-label="Pages" className="mt-4 flex gap-3 text-[0.8125rem]">
        {firstPage ? null : (
          <Link to="/threads" className="py-2 text-accent hover:underline">
            Newest threads
          </Link>
        )}
        {next ? (
          <Link
            to={`/threads?after=${encodeURIComponent(next)}`}
            className="py-2 text-accent hover:underline"
          >
            Earlier threads
          </Link>
        ) : null}
      </nav>
    </div>
  );
}

export function ErrorBoundary() {
  return <RouteError />;
}
