import type { Inspection } from "../../db/ingest";

export interface RowsRead {
  rowsAccepted: number;
  rowsRejected: number;
}

/** Where a person stands on the way from a file to its receipt. */
export type ImportFlow =
  | { at: "idle" }
  | { at: "inspecting"; file: File }
  | { at: "inspected"; file: File; inspection: Inspection }
  | { at: "uploading"; file: File; importId: string; sent: number; rows: RowsRead }
  | { at: "failed"; file: File; problem: string };

export type ImportFlowEvent =
  | { type: "picked"; file: File }
  | { type: "inspected"; file: File; inspection: Inspection }
  | { type: "upload-started"; file: File; importId: string }
  | { type: "bytes-sent"; sent: number }
  | { type: "rows-read"; rows: RowsRead }
  | { type: "failed"; file: File; problem: string }
  | { type: "started-over" };

/** What comes late, from a file no longer in question, changes nothing. */
export function importFlow(flow: ImportFlow, event: ImportFlowEvent): ImportFlow {
  switch (event.type) {
    case "picked":
      return { at: "inspecting", file: event.file };
    case "inspected":
      return flow.at === "inspecting" && flow.file === event.file
        ? { at: "inspected", file: event.file, inspection: event.inspection }
        : flow;
    case "upload-started":
      return {
        at: "uploading",
        file: event.file,
        importId: event.importId,
        sent: 0,
        rows: { rowsAccepted: 0, rowsRejected: 0 },
      };
    case "bytes-sent":
      return flow.at === "uploading" ? { ...flow, sent: event.sent } : flow;
    case "rows-read":
      return flow.at === "uploading" ? { ...flow, rows: event.rows } : flow;
    case "failed":
      return (flow.at === "inspecting" || flow.at === "uploading") && flow.file === event.file
        ? { at: "failed", file: event.file, problem: event.problem }
        : flow;
    case "started-over":
      return { at: "idle" };
  }
}
