import { type FormEvent, useState } from "react";
import type { Inspection } from "../../db/ingest";
import { Badge } from "../ui/badge";
import { Banner } from "../ui/banner";
import { Button } from "../ui/button";
import { Field, TextInput } from "../ui/field";
import { formatBytes } from "../ui/format-count";
import { type ImportRequest, readModel, readStart } from "./import-request";
import { ModelField } from "./model-field";
import { SampleTable } from "./sample-table";

export type GivenAnswers = Pick<ImportRequest, "assignedModel" | "startTime">;

/** What was recognised in a file, and the questions that only a person can answer. */
export function InspectedFile({
  file,
  inspection,
  onImport,
  onOther,
}: {
  file: File;
  inspection: Inspection;
  onImport: (answers: GivenAnswers) => void;
  onOther: () => void;
}) {
  // A file that cannot be taken is not asked about.
  const usable = inspection.problems.length === 0;
  const needsModel = usable && inspection.needs.includes("model");
  const needsStart = usable && inspection.needs.includes("startTime");
  const [model, setModel] = useState("");
  const [start, setStart] = useState("");
  const [tried, setTried] = useState(false);

  const assignedModel = needsModel ? readModel(model) : null;
  const startTime = needsStart ? readStart(start) : null;
  const modelProblem =
    needsModel && !assignedModel
      ? "Write it as provider/model, for example openai/gpt-4o."
      : undefined;
  const startProblem =
    needsStart && (startTime === null || startTime === undefined)
      ? "Give the date and time at which the trace began."
      : undefined;

  function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (modelProblem || startProblem) return;
    onImport({ assignedModel: assignedModel ?? null, startTime: startTime ?? null });
  }

  return (
    <form onSubmit={submit} noValidate className="grid gap-5 p-5">
      <div className="flex flex-wrap items-center gap-2">
        <bdi className="min-w-0 truncate text-sm font-semibold">{file.name}</bdi>
        <Badge>{formatBytes(file.size)}</Badge>
        {inspection.shape ? <Badge tone="accent">{inspection.shape}</Badge> : null}
        {inspection.format ? <Badge>{inspection.format}</Badge> : null}
      </div>

      {inspection.problems.map((problem) => (
        <Banner key={problem.code} tone="danger">
          <strong className="font-semibold">{problem.text}</strong> {problem.hint}
        </Banner>
      ))}

      {inspection.sample.length > 0 ? <SampleTable inspection={inspection} /> : null}

      {inspection.assumptions.length > 0 ? (
        <ul className="grid list-disc gap-1 pl-5 text-[0.8125rem] text-ink-2 marker:text-ink-3">
          {inspection.assumptions.map((assumption) => (
            <li key={assumption}>{assumption}</li>
          ))}
        </ul>
      ) : null}

      {needsModel || needsStart ? (
        <div className="grid gap-4 sm:grid-cols-2">
          {needsModel ? (
            <ModelField
              value={model}
              onChange={setModel}
              problem={tried ? modelProblem : undefined}
            />
          ) : null}
          {needsStart ? (
            <Field
              id="import-start"
              label="When did the trace begin? (UTC)"
              hint="Its times count from zero."
              problem={tried ? startProblem : undefined}
            >
              <TextInput
                id="import-start"
                name="startTime"
                type="datetime-local"
                value={start}
                onChange={(event) => setStart(event.target.value)}
                problem={tried ? startProblem : undefined}
              />
            </Field>
          ) : null}
        </div>
      ) : null}

      <div className="flex gap-2">
        {usable ? (
          <Button type="submit" tone="primary">
            Import
          </Button>
        ) : (
          <Button type="submit">Import anyway, for the receipt</Button>
        )}
        <Button tone="ghost" onClick={onOther}>
          Choose another file
        </Button>
      </div>
    </form>
  );
}
