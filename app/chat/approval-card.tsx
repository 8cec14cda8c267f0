import { useId, useState } from "react";
import {
  type ApprovalChoice,
  type ApprovalField,
  type ApprovalValues,
  decidedValues,
  type Role,
} from "../../party/protocol";
import { Button } from "../ui/button";
import type { ExchangeActions } from "./exchange-view";
import { readNumber, valueField } from "./form-writing";
import { IntentForm } from "./intent-form";
import type { ApprovalView } from "./thread-state";

const fieldClass =
  "h-9 w-full rounded-md border border-line-strong bg-surface px-2.5 text-sm pointer-coarse:h-11";

/**
 * What the crew asks people about: the proposal, and Approve, Edit and Reject for those whose word counts.
 * Afterwards who decided what.
 */
export function ApprovalCard({
  approval: { request, given },
  runId,
  role,
  form,
  onDecide,
}: {
  approval: ApprovalView;
  runId: string;
  /** The reader's, while a decision is possible; else null. */
  role: Role | null;
  /** Null where nothing can be decided. */
  form: ExchangeActions["form"] | null;
  onDecide: (decision: ApprovalChoice, values: ApprovalValues | undefined) => void;
}) {
  const [texts, setTexts] = useState<Record<string, string> | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const title = useId();
  const isOpen = given === null && role !== null;
  const mayDecide = isOpen && request.roles.some((one) => one === role);

  function press(decision: string) {
    if (decision === "edit") setTexts(textsOf(request.fields));
    else if (decision === "approve" || decision === "reject") onDecide(decision, undefined);
  }

  function sendEdit() {
    const values = Object.fromEntries(
      request.fields.map((field) => [field.name, readValue(field, texts?.[field.name] ?? "")]),
    );
    const decided = decidedValues(request, "edit", values);
    setProblem(decided.ok ? null : `${decided.field} ${decided.problem}.`);
    if (decided.ok) onDecide("edit", values);
  }

  return (
    <section
      aria-labelledby={title}
      className="grid gap-3 rounded-xl border border-line-strong bg-surface p-4"
    >
      <div className="grid gap-1">
        <h3 id={title} className="text-sm font-semibold break-words">
          {request.title}
        </h3>
        <p className="max-w-prose text-[0.8125rem] break-words text-ink-2">{request.reason}</p>
      </div>
      {texts === null ? (
        <dl className="grid gap-1 text-[0.8125rem]">
          {request.fields.map((field) => (
            <div key={field.name} className="flex flex-wrap gap-x-3">
              <dt className="text-ink-3">{field.label}</dt>
              <dd className="font-medium break-words">
                {String(given?.values[field.name] ?? field.value)} {unitOf(field)}
              </dd>
            </div>
          ))}
        </dl>
      ) : (
        <div className="grid gap-2">
          {request.fields.map((field) => (
            <div key={field.name} className="grid max-w-sm gap-1 text-[0.8125rem]">
              <label htmlFor={`${title}-${field.name}`} className="text-ink-2">
                {field.label} {unitOf(field) ? `(${unitOf(field)})` : ""}
              </label>
              <FieldInput
                id={`${title}-${field.name}`}
                field={field}
                text={texts[field.name] ?? ""}
                onChange={(text) => setTexts({ ...texts, [field.name]: text })}
              />
            </div>
          ))}
        </div>
      )}
      {problem ? (
        <p role="alert" className="text-xs text-danger">
          {problem}
        </p>
      ) : null}
      {given ? (
        <p role="status" className="text-[0.8125rem] text-ink-2">
          {words[given.decision]} by {given.by.name}.
        </p>
      ) : null}
      {mayDecide && form && texts === null ? (
        <IntentForm intent="decide" runId={runId} form={form} onPress={press}>
          <input type="hidden" name="approvalId" value={request.id} />
          {request.fields.length > 0 ? <FieldsWithoutScript fields={request.fields} /> : null}
          <div className="flex flex-wrap gap-1.5">
            <Button type="submit" name="decision" value="approve" size="small" tone="primary">
              Approve
            </Button>
            {request.fields.length > 0 ? (
              <Button type="submit" name="decision" value="edit" size="small">
                Edit
              </Button>
            ) : null}
            <Button type="submit" name="decision" value="reject" size="small" tone="danger">
              Reject
            </Button>
          </div>
        </IntentForm>
      ) : null}
      {mayDecide && texts !== null ? (
        <div className="flex flex-wrap gap-1.5">
          <Button size="small" tone="primary" onClick={sendEdit}>
            Approve with changes
          </Button>
          <Button
            size="small"
            tone="ghost"
            onClick={() => {
              setTexts(null);
              setProblem(null);
            }}
          >
            Cancel
          </Button>
        </div>
      ) : null}
      {isOpen && !mayDecide ? (
        <p className="text-xs text-ink-3">Waits for: {request.roles.join(", ")}.</p>
      ) : null}
    </section>
  );
}

const words: Record<ApprovalChoice, string> = {
  approve: "Approved",
  edit: "Approved with changes",
  reject: "Rejected",
};

/** Without script the values stand open. Its button comes first, so that Enter in a field sends what stands there. */
function FieldsWithoutScript({ fields }: { fields: readonly ApprovalField[] }) {
  return (
    <noscript>
      {fields.map((field) => (
        <label key={field.name} className="grid max-w-sm gap-1 text-[0.8125rem]">
          {field.label} {unitOf(field) ? `(${unitOf(field)})` : ""}
          <input
            name={valueField(field.kind, field.name)}
            defaultValue={String(field.value)}
            className={fieldClass}
          />
        </label>
      ))}
      <Button type="submit" name="decision" value="edit" size="small">
        Approve with these values
      </Button>
    </noscript>
  );
}

function FieldInput({
  id,
  field,
  text,
  onChange,
}: {
  id: string;
  field: ApprovalField;
  text: string;
  onChange: (text: string) => void;
}) {
  if (field.kind === "choice") {
    return (
      <select
        id={id}
        value={text}
        onChange={(event) => onChange(event.target.value)}
        className={fieldClass}
      >
        {field.options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    );
  }
  return (
    <input
      id={id}
      value={text}
      inputMode={field.kind === "number" ? "decimal" : "text"}
      onChange={(event) => onChange(event.target.value)}
      className={fieldClass}
    />
  );
}

function unitOf(field: ApprovalField): string {
  return field.kind === "number" ? (field.unit ?? "") : "";
}

function textsOf(fields: readonly ApprovalField[]): Record<string, string> {
  return Object.fromEntries(fields.map(({ name, value }) => [name, String(value)]));
}

function readValue(field: ApprovalField, text: string): string | number {
  return field.kind === "number" ? readNumber(text) : text;
}
