import { useRevalidator } from "@remix-run/react";
import { useEffect, useMemo, useRef } from "react";
import { v7 as newId } from "uuid";
import type { Role } from "../../party/protocol";
import { EvidenceProvider } from "../insights/evidence-context";
import { EvidenceDrawer, useEvidenceDrawer } from "../insights/evidence-drawer";
import { Badge } from "../ui/badge";
import { Banner } from "../ui/banner";
import { Button } from "../ui/button";
import { classNames } from "../ui/class-names";
import { useWideWindow } from "../ui/drawer";
import { Skeleton } from "../ui/skeleton";
import { Composer } from "./composer";
import { ConnectionBanner } from "./connection-banner";
import { EarlierQuestions } from "./earlier-questions";
import { type ExchangeActions, ExchangeView } from "./exchange-view";
import { offscreen } from "./offscreen";
import { PendingBubble } from "./pending-bubble";
import { PeopleHere } from "./people-here";
import { ThreadMenu } from "./thread-menu";
import type { RunView, ThreadView } from "./thread-state";
import { activeRun, type Exchange, readingOrder } from "./timeline";
import { useFollowEnd } from "./use-follow-end";
import { useLiveThread } from "./use-live-thread";
import { useVersions } from "./use-versions";

export interface ThreadPageFacts {
  threadId: string;
  /** User id of who reads the page. */
  readerId: string;
  title: string;
  /** A person gave the title: what the crew's events say about it counts no more. */
  titleIsFinal: boolean;
  archived: boolean;
  /** Whether the reader's role allows to change the thread as a whole. */
  mayChange: boolean;
  role: Role;
  roomsUrl: string;
  /** Id of the next message when it is sent by a form without script. */
  messageId: string;
  /** The last questions with what belongs to them. */
  record: ThreadView;
  /** The versions of questions that the address asks for: which stands after which question. */
  chosen: [parent: string | null, messageId: string][];
  /** Questions asked for, and how many of the thread stand before those. */
  shown: number;
  earlier: number;
}

/** A thread: from the record at first, then live from its room. */
export function ThreadPage({
  facts,
  outcome,
}: {
  facts: ThreadPageFacts;
  outcome: { problem: string; text: string } | null;
}) {
  const { live, view, caughtUp, connection, pending, refusal, people } = useLiveThread(
    facts.threadId,
    facts.roomsUrl,
  );
  const shown = caughtUp ? view : facts.record;
  const { chosen, after, show, showNewest } = useVersions(shown, facts.chosen);
  const all = useMemo(() => readingOrder(shown, chosen), [shown, chosen]);
  const most = useMost(facts.shown);
  const exchanges = all.slice(-most);
  const earlier = caughtUp ? all.length - exchanges.length : facts.earlier;
  const running = activeRun(shown);
  const firstRuleBased = shown.runs.find((run) => run.model === null) ?? null;
  const drawer = useEvidenceDrawer();
  const wide = useWideWindow();
  const { goToEnd } = useFollowEnd(shown);
  const crewsTitle = facts.titleIsFinal ? null : shown.title;
  const title = (view.titledByPerson ? view.title : crewsTitle) ?? facts.title;
  const latest = useRef({ all, running, after, goToEnd });
  latest.current = { all, running, after, goToEnd };
  const actions: ExchangeActions = useMemo(
    () => ({
      mayWrite: facts.mayChange,
      role: facts.role,
      decide: (decision) => live.decide(decision),
      withdraw: (messageId) => live.withdraw(messageId),
      stop: (runId) => live.cancel(runId),
      retry: (runId) => live.retry(runId),
      show,
      form: { action: `/threads/${facts.threadId}`, messageId: facts.messageId },
      choose: ({ text }) => {
        live.send({ id: newId(), text, whenBusy: "queue", after: latest.current.after });
        latest.current.goToEnd();
      },
      edit: (message, text) => {
        const whenBusy = isBehind(latest.current, message.id) ? "replace" : "queue";
        live.send({ id: newId(), text, whenBusy, replaces: message.id });
        showNewest();
      },
    }),
    [live, facts.mayChange, facts.role, facts.threadId, facts.messageId, show, showNewest],
  );
  useFreshSidebar(`${title} ${running?.id ?? ""}`, caughtUp);

  return (
    <EvidenceProvider
      base={`/threads/${facts.threadId}`}
      evidence={shown.evidence}
      open={drawer.open}
      tracksActions
    >
      <div
        className={classNames(
          "flex flex-1 flex-col",
          drawer.citation && wide && "min-[1100px]:pr-[28rem]",
        )}
      >
        <header className="sticky top-13 z-20 border-b border-line bg-canvas/95 py-1.5 backdrop-blur lg:top-0">
          <div className="mx-auto flex max-w-3xl items-center gap-2 px-4 sm:px-8">
            <h1 className="min-w-0 flex-1 truncate text-sm font-semibold">
              <bdi>{title}</bdi>
            </h1>
            {facts.archived ? <Badge>archived</Badge> : null}
            <PeopleHere people={people} readerId={facts.readerId} />
            <ThreadMenu
              threadId={facts.threadId}
              archived={facts.archived}
              mayChange={facts.mayChange}
            />
          </div>
        </header>
        <div className="mx-auto grid w-full max-w-3xl flex-1 content-start gap-10 px-4 py-6 sm:px-8">
          <EarlierQuestions earlier={earlier} shown={most} />
          {exchanges.map((exchange, place) => (
            <div
              key={exchange.message.id}
              className={place < exchanges.length - 2 ? offscreen : undefined}
            >
              <ExchangeView
                exchange={exchange}
                isLast={place === exchanges.length - 1 && pending.length === 0}
                saysRuleBased={exchange.run !== null && exchange.run === firstRuleBased}
                actions={actions}
              />
            </div>
          ))}
          {pending.map((message) => (
            <PendingBubble
              key={message.id}
              message={message}
              connected={connection === "live"}
              onSendAgain={() => live.sendAgain(message.id)}
              onForget={() => live.forget(message.id)}
            />
          ))}
          {exchanges.length === 0 && pending.length === 0 ? <NothingYet known={caughtUp} /> : null}
        </div>
        <div className="sticky bottom-0 z-20 bg-linear-to-t from-canvas from-80% to-transparent pt-4 pb-4">
          <div className="mx-auto grid max-w-3xl gap-2 px-4 sm:px-8">
            <ConnectionBanner connection={connection} onRetry={() => live.reconnect()} />
            {refusal ? (
              <Banner
                tone="danger"
                action={
                  <Button size="small" tone="ghost" onClick={() => live.dismissRefusal()}>
                    Dismiss
                  </Button>
                }
              >
                {refusal}
              </Banner>
            ) : null}
            <Composer
              draftName={facts.threadId}
              action={`/threads/${facts.threadId}`}
              restored={outcome?.text}
              placeholder={running ? "Ask the next question; it waits its turn" : "Ask a follow-up"}
              problem={outcome?.problem ?? null}
              onSend={(text, whenBusy) => {
                live.send({ id: newId(), text, whenBusy, after });
                goToEnd();
              }}
              onStop={running ? () => live.cancel(running.id) : undefined}
              hidden={
                <>
                  <input type="hidden" name="messageId" value={facts.messageId} />
                  {after ? <input type="hidden" name="after" value={after} /> : null}
                </>
              }
            />
          </div>
        </div>
      </div>
      <EvidenceDrawer
        citation={drawer.citation}
        evidence={drawer.citation ? shown.evidence[drawer.citation.evidence] : undefined}
        checkBase={`/threads/${facts.threadId}`}
        onClose={drawer.close}
        returnFocus={drawer.returnFocus}
      />
    </EvidenceProvider>
  );
}

/** Whether the run in progress answers this question or one that follows it: asked differently, it is void. */
function isBehind(
  { all, running }: { all: readonly Exchange[]; running: RunView | null },
  messageId: string,
): boolean {
  const place = all.findIndex(({ message }) => message.id === messageId);
  return all.slice(place).some(({ message }) => message.id === running?.messageId);
}

/** The most questions asked for so far: opening a drawer changes the address and hides nothing. */
function useMost(asked: number): number {
  const most = useRef(asked);
  most.current = Math.max(most.current, asked);
  return most.current;
}

/** The record may lag behind the room: only the room can say that there is nothing. */
function NothingYet({ known }: { known: boolean }) {
  return known ? (
    <p className="text-sm text-ink-3">
      Nothing was asked in this thread yet. Write the first question below.
    </p>
  ) : (
    <>
      <Skeleton className="ml-auto h-11 w-72 max-w-full rounded-2xl" />
      <Skeleton className="h-11 rounded-xl" />
    </>
  );
}

/** The list of threads beside the page hears of a new title and of a run that began or ended. */
function useFreshSidebar(state: string, ready: boolean): void {
  const { revalidate } = useRevalidator();
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the state's text changes
  useEffect(() => {
    if (!ready) return;
    const timer = setTimeout(revalidate, 400);
    return () => clearTimeout(timer);
  }, [state, ready]);
}
