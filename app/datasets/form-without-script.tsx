import { Button } from "../ui/button";
import { Card } from "../ui/card";
import { Field, TextInput } from "../ui/field";

/** The import as a plain form. It cannot look into the file first, so it asks for everything at once. */
export function FormWithoutScript({ importId }: { importId: string }) {
  return (
    <Card className="p-5">
      {/* Scripts are off, so the panel that needs them gives way. */}
      <style>{".needs-script { display: none }"}</style>
      <form
        method="post"
        action={`/data/imports/${importId}`}
        encType="multipart/form-data"
        className="grid gap-4"
      >
        <Field
          id="plain-model"
          label="Model"
          hint="As provider/model. Only for a file without a model column."
        >
          <TextInput id="plain-model" name="model" placeholder="openai/gpt-4o" />
        </Field>
        <Field
          id="plain-start"
          label="Start (UTC)"
          hint="Only for a file whose times count from zero."
        >
          <TextInput id="plain-start" name="startTime" type="datetime-local" />
        </Field>
        <Field id="plain-file" label="File" hint="At most 64 MB without JavaScript.">
          <input id="plain-file" name="file" type="file" required />
        </Field>
        <div>
          <Button type="submit" tone="primary">
            Import
          </Button>
        </div>
      </form>
    </Card>
  );
}
