/** `npm run crew`: the whole product in a terminal. Report on stdout, progress on stderr. */
import { existsSync } from "node:fs";
import { type Config, type Databases, startup } from "../../db/startup";
import { createAnalytics } from "../adapters/analytics";
import { ceilingsOf } from "../adapters/ceilings";
import { openModel } from "../adapters/model/open-model";
import { createCrew } from "../agents";
import type { CrewOutput } from "../agents/core/crew";
import { systemClock } from "../ports/clock";
import type { Evidence, Message, Report } from "../protocol";
import { type CrewArguments, readArguments, USAGE, UsageError } from "./arguments";
import { openEngines } from "./engines";
import { importFile } from "./import-file";
import { oneLine, receiptLines, toMarkdown } from "./markdown";

const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

const say = (line: string) => void process.stderr.write(`${line}\n`);

interface RunResult {
  report: Report | null;
  message: Message | null;
  evidence: Evidence[];
  model: string | null;
  /** Why the run did not complete. */
  problem: string | null;
}

async function main(): Promise<number> {
  let given: CrewArguments | null;
  try {
    given = readArguments(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    say(`${error.message}\n\n${USAGE}`);
    return EXIT.usage;
  }
  if (!given) {
    process.stdout.write(`${USAGE}\n`);
    return EXIT.ok;
  }
  if (!existsSync(given.file)) {
    say(`There is no file ${given.file}.\n\n${USAGE}`);
    return EXIT.usage;
  }
  if (existsSync(".env")) process.loadEnvFile(".env");
  const engines = await openEngines(process.env, say);
  const stop = new AbortController();
  const onSignal = () => stop.abort(new Error("stopped by the user"));
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  try {
    return await importAndAsk(given, engines.env, stop.signal);
  } finally {
    await engines.close();
  }
}

async function importAndAsk(
  given: CrewArguments,
  env: Record<string, string | undefined>,
  signal: AbortSignal,
): Promise<number> {
  const { config, databases, close } = await startup(env, {
    log: () => undefined,
    mayDegrade: false,
  });
  try {
    return await ask(given, config, databases, signal);
  } finally {
    await close();
  }
}

async function ask(
  given: CrewArguments,
  config: Config,
  databases: Databases,
  signal: AbortSignal,
): Promise<number> {
  const imported = await importFile(databases, given, say);
  const { receipt } = imported;
  say(
    `Imported ${receipt.fileName}: ${receipt.rowsAccepted} rows accepted, ${receipt.rowsRejected} rejected.`,
  );
  if (receipt.state === "failed" || imported.dataset.calls === 0) {
    say(receiptLines(receipt).slice(2).join("\n"));
    if (given.json) print(JSON.stringify({ report: null, evidence: [], receipt }, null, 2));
    return EXIT.failed;
  }
  const model = openModel(config, databases.redis, () => undefined);
  const runId = crypto.randomUUID();
  const threadId = crypto.randomUUID();
  const crew = createCrew({
    analytics: createAnalytics(databases.clickhouse).forRun({ threadId, runId }),
    datasets: { list: async () => [imported.dataset] },
    model,
    clock: systemClock,
    ceilings: ceilingsOf(config),
  });
  const result = await follow(
    crew(
      {
        workspaceId: imported.workspaceId,
        threadId,
        runId,
        message: { id: crypto.randomUUID(), text: given.question },
        nextEvidence: 1,
        checkpoint: null,
      },
      signal,
    ),
  );
  const { report, message, evidence } = result;
  const answer = message?.text ?? [];
  print(
    given.json
      ? JSON.stringify({ report, answer, evidence, receipt }, null, 2)
      : toMarkdown({ report, answer, evidence, receipt, model: result.model }),
  );
  if (result.problem === null) return EXIT.ok;
  say(result.problem);
  return EXIT.failed;
}

async function follow(outputs: AsyncIterable<CrewOutput>): Promise<RunResult> {
  const result: RunResult = {
    report: null,
    message: null,
    evidence: [],
    model: null,
    problem: null,
  };
  for await (const output of outputs) {
    if (output.kind === "approval") {
      result.problem = `${output.approval.title} This needs an approval: ask in the app, where it can be given.`;
    }
    if (output.kind !== "event") continue;
    const { event } = output;
    switch (event.type) {
      case "run-started":
        result.model = event.model;
        say(
          event.model
            ? `Language model: ${event.model}`
            : "No language model configured: rule-based analysis",
        );
        break;
      case "step-started":
        say(`${event.agent}: ${event.reason}`);
        break;
      case "step-skipped":
        say(`${event.agent} skipped: ${event.reason}`);
        break;
      case "step-finished":
        if (event.reason) say(`${event.agent} ${event.outcome}: ${event.reason}`);
        break;
      case "tool-finished":
        say(
          `  ${event.title}${event.evidence ? ` [${event.evidence}]` : ""}: ${oneLine(event.summary)}`,
        );
        break;
      case "tool-failed":
        say(`  ${event.title} failed: ${event.error}`);
        break;
      case "evidence-recorded":
        result.evidence.push(event.evidence);
        break;
      case "report-written":
        result.report = event.report;
        break;
      case "message-added":
        result.message = event.message;
        break;
      case "run-finished":
        if (event.state !== "completed")
          result.problem = event.reason ?? "The run did not complete.";
        break;
      case "run-resumed":
      case "text-delta":
      case "thread-titled":
        break;
    }
  }
  return result;
}

function print(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

try {
  process.exitCode = await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = EXIT.failed;
}
