import { v5 as derivedId } from "uuid";
import { clientMessageSchema, type Writing } from "../../party/protocol";
import { messageProblem } from "./message-rules";

/** What a form without script asks of the thread's room, or what is wrong with it, for people. */
export type FormWriting = { ok: true; writing: Writing } | { ok: false; problem: string };

const INCOMPLETE = "The form was not complete. Load the page again and repeat it.";

/** Fields of an approval in a form are named by their kind, since a form knows texts alone. */
export function valueField(kind: "number" | "text" | "choice", name: string): string {
  return `value:${kind}:${name}`;
}

/**
 * Reads a posted form: a message, or with `intent` a `retry` or a `decide`. `id` is the one that the page
 * was made with: all its forms carry it, and each turns it into an id of its own, so that a form sent twice
 * is done once.
 */
export function readFormWriting(form: FormData, id: string): FormWriting {
  const text = (name: string) => String(form.get(name) ?? "");
  switch (text("intent")) {
    case "retry": {
      const runId = text("runId");
      return checked({ type: "run.retry", id: derivedId(`retry ${runId}`, id), runId });
    }
    case "decide": {
      const [runId, approvalId, decision] = [text("runId"), text("approvalId"), text("decision")];
      const given = derivedId(`${decision} ${approvalId}`, id);
      const word = { type: "approval.give", id: given, runId, approvalId, decision };
      if (decision !== "edit") return checked(word);
      const values = valuesOf(form);
      // Pressed before the page's script was there: nobody has seen a field yet.
      if (Object.keys(values).length === 0) return { ok: false, problem: INCOMPLETE };
      return checked({ ...word, values });
    }
    default: {
      const problem = messageProblem(text("text").trim());
      if (problem !== null) return { ok: false, problem };
      const whenBusy = text("whenBusy") === "replace" ? "replace" : "queue";
      const after = text("after");
      const message = { type: "message.send", id, text: text("text"), whenBusy };
      return checked(after === "" ? message : { ...message, after });
    }
  }
}

function checked(writing: unknown): FormWriting {
  const message = clientMessageSchema.safeParse(writing);
  return message.success && "id" in message.data
    ? { ok: true, writing: message.data }
    : { ok: false, problem: INCOMPLETE };
}

/** A number that cannot be read stays text, which the room then names. */
export function readNumber(text: string): string | number {
  const number = text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : text;
}

function valuesOf(form: FormData): Record<string, string | number> {
  const values: Record<string, string | number> = {};
  for (const [field, value] of form) {
    const [, kind, name] = /^value:(number|text|choice):(.+)$/s.exec(field) ?? [];
    if (name === undefined || typeof value !== "string") continue;
    values[name] = kind === "number" ? readNumber(value) : value;
  }
  return values;
}
