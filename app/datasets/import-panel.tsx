import { useNavigate } from "@remix-run/react";
import { useEffect, useReducer, useRef } from "react";
import { v7 as newId } from "uuid";
import { Banner } from "../ui/banner";
import { Button } from "../ui/button";
import { Card } from "../ui/card";
import { FilePicker } from "./file-picker";
import { FormWithoutScript } from "./form-without-script";
import { importFlow } from "./import-flow";
import { ImportProgressBar } from "./import-progress-bar";
import { importQuery } from "./import-request";
import { inspectHead } from "./inspect-head";
import { type GivenAnswers, InspectedFile } from "./inspected-file";
import { UploadFailed, uploadFile } from "./upload-file";
import { watchRows } from "./watch-rows";

/** From a picked file to its receipt: look, ask for what is missing, upload with progress. */
export function ImportPanel({ formImportId }: { formImportId: string }) {
  const navigate = useNavigate();
  const [flow, tell] = useReducer(importFlow, { at: "idle" });
  const stopping = useRef<AbortController | null>(null);
  useEffect(() => () => stopping.current?.abort(), []);

  async function pick(file: File) {
    tell({ type: "picked", file });
    try {
      tell({ type: "inspected", file, inspection: await inspectHead(file) });
    } catch (error) {
      tell({ type: "failed", file, problem: wordsOf(error) });
    }
  }

  async function upload(file: File, answers: GivenAnswers, importId: string) {
    const control = new AbortController();
    stopping.current = control;
    tell({ type: "upload-started", file, importId });
    const stopWatching = watchRows(importId, (rows) => tell({ type: "rows-read", rows }));
    const wanted = { fileName: file.name, fileBytes: file.size, ...answers };
    try {
      await uploadFile(
        `/data/imports/${importId}?${importQuery(wanted)}`,
        file,
        ({ sent }) => tell({ type: "bytes-sent", sent }),
        control.signal,
      );
      navigate(`/data/imports/${importId}`);
    } catch (error) {
      tell({ type: "failed", file, problem: wordsOf(error) });
    } finally {
      stopWatching();
    }
  }

  return (
    <>
      <noscript>
        <FormWithoutScript importId={formImportId} />
      </noscript>
      <Card className="needs-script overflow-hidden">
        {flow.at === "idle" || flow.at === "inspecting" ? (
          <FilePicker onPick={pick} looking={flow.at === "inspecting" ? flow.file.name : null} />
        ) : null}
        {flow.at === "inspected" ? (
          <InspectedFile
            file={flow.file}
            inspection={flow.inspection}
            onImport={(answers) => upload(flow.file, answers, newId())}
            onOther={() => tell({ type: "started-over" })}
          />
        ) : null}
        {flow.at === "uploading" ? (
          <div className="grid gap-3 p-5">
            <p className="truncate text-sm font-medium">{flow.file.name}</p>
            <ImportProgressBar
              label={flow.sent < flow.file.size ? "Uploading" : "Storing the last rows"}
              done={flow.sent}
              total={flow.file.size}
              rowsAccepted={flow.rows.rowsAccepted}
              rowsRejected={flow.rows.rowsRejected}
            />
            <div>
              <Button size="small" onClick={() => stopping.current?.abort()}>
                Stop
              </Button>
            </div>
          </div>
        ) : null}
        {flow.at === "failed" ? (
          <div className="grid gap-3 p-5">
            <Banner tone="danger">{flow.problem}</Banner>
            <div className="flex gap-2">
              <Button size="small" tone="primary" onClick={() => pick(flow.file)}>
                Try {flow.file.name.length > 30 ? "it" : flow.file.name} again
              </Button>
              <Button size="small" onClick={() => tell({ type: "started-over" })}>
                Choose another file
              </Button>
            </div>
          </div>
        ) : null}
      </Card>
    </>
  );
}

function wordsOf(error: unknown): string {
  if (error instanceof UploadFailed) return error.message;
  return "The server did not answer. Nothing was imported.";
}
