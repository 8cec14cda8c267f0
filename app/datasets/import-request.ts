/** What the browser tells with an upload, in the address: the body is the file and nothing else. */
export interface ImportRequest {
  fileName: string;
  fileBytes: number | null;
  assignedModel: { provider: string; model: string } | null;
  /** Unix ms. */
  startTime: number | null;
}

export function importQuery(wanted: ImportRequest): string {
  const query = new URLSearchParams({ fileName: wanted.fileName });
  if (wanted.fileBytes !== null) query.set("fileBytes", String(wanted.fileBytes));
  if (wanted.assignedModel) {
    query.set("model", `${wanted.assignedModel.provider}/${wanted.assignedModel.model}`);
  }
  if (wanted.startTime !== null) query.set("startTime", new Date(wanted.startTime).toISOString());
  return query.toString();
}

export type ReadImportRequest =
  | { ok: true; wanted: ImportRequest }
  | { ok: false; problem: string };

/** Reads the same back, from an address or from the fields of a form; absent fields count as not given. */
export function readImportRequest(fields: {
  get(name: string): string | null | undefined;
}): ReadImportRequest {
  const fileName = (fields.get("fileName") ?? "").trim().slice(0, 500);
  if (fileName === "") return { ok: false, problem: "Choose a file first." };
  const assignedModel = readModel(fields.get("model") ?? "");
  if (assignedModel === undefined) {
    return {
      ok: false,
      problem: "Write the model as provider/model, for example openai/gpt-4o.",
    };
  }
  const startTime = readStart(fields.get("startTime") ?? "");
  if (startTime === undefined) {
    return { ok: false, problem: "Write the start as a date, for example 2024-05-01T00:00." };
  }
  const bytes = Number(fields.get("fileBytes") ?? Number.NaN);
  return {
    ok: true,
    wanted: {
      fileName,
      fileBytes: Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : null,
      assignedModel,
      startTime,
    },
  };
}

/** `openai/gpt-4o`; the model itself may hold slashes. Null when nothing is given, undefined when it is none. */
export function readModel(text: string): ImportRequest["assignedModel"] | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  const [, provider, model] = /^([^/\s]{1,100})\/(\S{1,200})$/.exec(trimmed) ?? [];
  return provider && model ? { provider, model } : undefined;
}

/** A date, or a date with a time, taken as UTC unless it says otherwise. Null when empty, undefined when it is none. */
export function readStart(text: string): number | null | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  if (!/^\d{4}-\d{2}-\d{2}/.test(trimmed)) return undefined;
  const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/.test(trimmed.slice(10));
  const time = Date.parse(zoned || trimmed.length === 10 ? trimmed : `${trimmed}Z`);
  return Number.isNaN(time) || time < 0 ? undefined : time;
}
