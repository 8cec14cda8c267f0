import { Form } from "@remix-run/react";
import { Button } from "../ui/button";
import { Card } from "../ui/card";
import { Field, TextInput } from "../ui/field";
import { ManagePart } from "../ui/manage-part";

/** Sets for how many days the dataset keeps its calls. */
export function RetentionPart({
  changeId,
  days,
  problem,
}: {
  changeId: string;
  days: number | null;
  problem: string | undefined;
}) {
  return (
    <Card className="p-4">
      <Form method="post" className="grid gap-3" key={changeId}>
        <input type="hidden" name="changeId" value={changeId} />
        <Field
          id="days"
          label="Days to keep calls"
          problem={problem}
          hint="Counted in whole days (UTC) back from today. Left empty, calls are kept for good."
        >
          <TextInput
            id="days"
            name="days"
            inputMode="numeric"
            defaultValue={days ?? ""}
            problem={problem}
          />
        </Field>
        <p className="text-[0.8125rem] text-ink-2">
          Older calls are removed for good from then on. Reports that rest on them stay as they are.
        </p>
        <Button
          type="submit"
          name="change"
          value="retention"
          tone="primary"
          size="small"
          className="justify-self-start"
        >
          Save
        </Button>
      </Form>
    </Card>
  );
}

export function DeleteDatasetPart({
  changeId,
  restorableDays,
}: {
  changeId: string;
  restorableDays: number;
}) {
  return (
    <ManagePart
      title="Delete"
      action={
        <Form method="post">
          <input type="hidden" name="changeId" value={changeId} />
          <Button type="submit" name="change" value="delete" size="small" tone="danger">
            Delete the dataset
          </Button>
        </Form>
      }
    >
      Takes the dataset from every page and question at once. It can be restored for{" "}
      {restorableDays} days; then its calls are removed for good. Reports that rest on it stay.
    </ManagePart>
  );
}

/** Deleted datasets, each with the way back. */
export function DeletedDatasets({
  datasets,
  changeId,
  mayChange,
}: {
  datasets: ReadonlyArray<{ id: string; name: string }>;
  changeId: string;
  mayChange: boolean;
}) {
  return (
    <Card className="divide-y divide-line text-[0.8125rem]">
      {datasets.map(({ id, name }) => (
        <div key={id} className="flex flex-wrap items-center justify-between gap-3 px-4 py-2">
          <bdi className="min-w-0 truncate" title={name}>
            {name}
          </bdi>
          {mayChange ? (
            <Form method="post" action={`/data/${id}`}>
              <input type="hidden" name="changeId" value={changeId} />
              <Button type="submit" name="change" value="restore" size="small">
                Restore
              </Button>
            </Form>
          ) : null}
        </div>
      ))}
    </Card>
  );
}
