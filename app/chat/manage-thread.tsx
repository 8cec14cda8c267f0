import { Form } from "@remix-run/react";
import { Button, buttonClass } from "../ui/button";
import { Card } from "../ui/card";
import { Field, TextInput } from "../ui/field";
import { ManagePart } from "../ui/manage-part";
import { ChangeButton } from "./change-button";
import { exportAddress, exportFormats } from "./export-address";
import { TITLE_MAX_CHARACTERS } from "./thread-title";

export function RenamePart({
  title,
  typed,
  problem,
}: {
  title: string;
  /** What was typed and refused. */
  typed: string | undefined;
  problem: string | undefined;
}) {
  return (
    <Card className="p-4">
      <Form method="post" className="grid gap-3">
        <input type="hidden" name="change" value="rename" />
        <Field
          id="title"
          label="Title"
          problem={problem}
          hint="The crew never changes a title that you gave."
        >
          <TextInput
            id="title"
            name="title"
            key={typed ?? title}
            defaultValue={typed ?? title}
            problem={problem}
            maxLength={TITLE_MAX_CHARACTERS}
            required
          />
        </Field>
        <Button type="submit" tone="primary" size="small" className="justify-self-start">
          Rename
        </Button>
      </Form>
    </Card>
  );
}

export function ArchivePart({ threadId, archived }: { threadId: string; archived: boolean }) {
  return (
    <ManagePart
      title={archived ? "Archived" : "Archive"}
      action={<ChangeButton threadId={threadId} change={archived ? "unarchive" : "archive"} />}
    >
      {archived
        ? "The thread is out of the lists and stays readable."
        : "Takes the thread out of the lists. It stays readable and can be found in the archive."}
    </ManagePart>
  );
}

export function ExportPart({ threadId }: { threadId: string }) {
  return (
    <ManagePart
      title="Export"
      action={
        <div className="flex gap-2">
          {exportFormats.map(({ ending, name }) => (
            <a
              key={ending}
              href={exportAddress(threadId, ending)}
              download
              className={buttonClass("secondary", "small")}
            >
              {name}
            </a>
          ))}
        </div>
      }
    >
      Messages, reports and all evidence in one file, to read as Markdown or to process as JSON.
    </ManagePart>
  );
}

export function DeletePart({ threadId }: { threadId: string }) {
  return (
    <ManagePart
      title="Delete"
      action={<ChangeButton threadId={threadId} change="delete" tone="danger" />}
    >
      Hides the thread from everybody at once. It can be restored for 7 days; then its messages,
      reports and evidence are removed for good.
    </ManagePart>
  );
}
