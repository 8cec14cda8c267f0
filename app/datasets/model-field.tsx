import { useEffect, useState } from "react";
import { Field, TextInput } from "../ui/field";

/** Asks for `provider/model`, suggesting what the price catalogue knows. */
export function ModelField({
  value,
  onChange,
  problem,
}: {
  value: string;
  onChange: (value: string) => void;
  problem: string | undefined;
}) {
  const [models, setModels] = useState<string[]>([]);
  useEffect(() => {
    const control = new AbortController();
    fetch("/data/models", { signal: control.signal })
      .then((response) => (response.ok ? response.json() : []))
      .then(setModels)
      // Without suggestions the field still takes any name.
      .catch(() => {});
    return () => control.abort();
  }, []);
  const unpriced =
    models.length > 0 && /^[^/\s]+\/\S+$/.test(value.trim()) && !models.includes(value.trim());
  return (
    <Field
      id="import-model"
      label="Which model made these calls?"
      hint={
        unpriced
          ? "Not in the price catalogue: the calls will be unpriced."
          : "The file has no model column. Given to every row."
      }
      problem={problem}
    >
      <TextInput
        id="import-model"
        name="model"
        list="import-models"
        autoComplete="off"
        spellCheck={false}
        placeholder="openai/gpt-4o"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        problem={problem}
      />
      <datalist id="import-models">
        {models.map((model) => (
          <option key={model} value={model} />
        ))}
      </datalist>
    </Field>
  );
}
