import { v5 as uuidFromName } from "uuid";
import {
  type Database,
  findThreadStanding,
  listDatasets,
  NoSuchThreadError,
  PostgresQueryError,
  recordThread,
  type ThreadWrite,
} from "../../db/postgres";
import { RecordRefusedError, ThreadGoneError, type ThreadStore } from "../ports/thread-store";
import type { NumberedEvent } from "../protocol";

/** The record of threads in Postgres. Throws the errors of db/postgres/errors.ts. */
export function createThreadStore(database: Database): ThreadStore {
  return {
    applyEvents: async (key, events) => {
      const writes = events.flatMap((event) => writeOf(event) ?? []);
      await recordThread(database, key, writes).catch((error: unknown) => {
        if (error instanceof NoSuchThreadError) throw new ThreadGoneError(key, { cause: error });
        throw isRefusal(error)
          ? new RecordRefusedError(error.code ?? "", error.constraint, { cause: error })
          : error;
      });
    },
    listDatasets: async (workspaceId) => {
      const rows = await listDatasets(database, { workspaceId, withCalls: true });
      return rows.map(({ id, name, source, version, calls, firstCallAt, lastCallAt }) => ({
        id,
        name,
        source,
        version,
        calls,
        firstCallAt: firstCallAt?.getTime() ?? null,
        lastCallAt: lastCallAt?.getTime() ?? null,
      }));
    },
    standing: async (key, visitors) => {
      const { thread, roles, sessions } = await findThreadStanding(database, key, {
        userIds: [...new Set(visitors.map(({ userId }) => userId))],
        sessions: [...new Set(visitors.map(({ session }) => session))],
      });
      return {
        thread,
        roles: new Map(roles.map(({ userId, role }) => [userId, role])),
        sessions: new Set(sessions.map(({ idHash }) => idHash)),
      };
    },
  };
}

/** SQLSTATE classes of what no repetition mends: data, constraints, limits. A table that is missing may yet be migrated. */
const REFUSALS = /^(22|23|54)/;

function isRefusal(error: unknown): error is PostgresQueryError {
  return error instanceof PostgresQueryError && REFUSALS.test(error.code ?? "");
}

/** What an event writes into the record; null for those that only the room's own log keeps. */
function writeOf({ seq, at: writtenAt, event }: NumberedEvent): ThreadWrite | null {
  const at = new Date(writtenAt);
  switch (event.type) {
    case "message-added": {
      const { id, role, author, parentId, runId, text, choices, writer, ending } = event.message;
      return {
        kind: "message-added",
        ...{ id, seq, role, parentId, runId, text, choices, writer, ending },
        authorId: author?.id ?? null,
        authorName: author?.name ?? null,
        at: new Date(event.message.at),
      };
    }
    case "message-withdrawn":
      return { kind: "message-withdrawn", id: event.messageId };
    case "run-started": {
      const { runId, messageId, model } = event;
      return { kind: "run-started", runId, messageId, model, at };
    }
    case "approval-requested":
      return { kind: "run-paused", runId: event.runId };
    case "approval-given":
      return { kind: "run-continued", runId: event.runId };
    case "run-finished": {
      const { runId, state, reason } = event;
      return { kind: "run-finished", runId, state, reason, at };
    }
    case "step-started": {
      const { stepId, runId, agent, writer, reason } = event;
      return { kind: "step-started", stepId, runId, agent, writer, reason, at };
    }
    case "step-skipped": {
      const { runId, agent, reason } = event;
      // The event has no id of its own; an agent is left out of a run once.
      return { kind: "step-skipped", stepId: uuidFromName(agent, runId), runId, agent, reason, at };
    }
    case "step-finished": {
      const { stepId, outcome, summary, reason } = event;
      return { kind: "step-finished", stepId, state: outcome, summary, problem: reason, at };
    }
    case "evidence-recorded": {
      const { evidence } = event;
      const { id, runId, stepId, label, tool } = evidence;
      return {
        kind: "evidence-recorded",
        ...{ id, runId, stepId, label, tool },
        body: evidence,
        at: new Date(evidence.at),
      };
    }
    case "model-called": {
      const { call } = event;
      const { id, runId, startedAt } = call;
      return { kind: "model-called", id, runId, body: call, startedAt: new Date(startedAt) };
    }
    case "report-written": {
      const { report } = event;
      const { runId, title, writer, figures } = report;
      return {
        kind: "report-written",
        ...{ runId, title, writer },
        body: report,
        figuresChecked: figures.checked,
        at: new Date(report.at),
      };
    }
    case "thread-titled":
      // A person's title comes from the record itself, which may hold a later one by now.
      return event.source === "human"
        ? null
        : { kind: "thread-titled", title: event.title, source: event.source };
    case "run-resumed":
    case "run-retried":
    case "tool-started":
    case "tool-finished":
    case "tool-failed":
    case "text-delta":
      return null;
  }
}
