import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startEngines } from "../../db/embedded";
import { type Evidence, evidenceSchema, type Report, reportSchema } from "../../party/protocol";

const ROOT = resolve(import.meta.dirname, "../..");
const DATA = process.env.NETRA_REFERENCE_DATA ?? resolve(ROOT, "../shared/data");
const azure = join(DATA, "azure-llm-2023-conv.csv");
const mooncake = join(DATA, "mooncake-conversation.jsonl");
const present = existsSync(azure) && existsSync(mooncake);
if (!present)
  console.info(`No reference data in ${DATA}: the goldens of the command line are skipped.`);

const QUESTION = "Where does our money go, and what can we save without making answers slower?";
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "netra-cli-"));
  // PostgreSQL's system user has to pass through when the tests run as root.
  await chmod(folder, 0o711);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The command as a user runs it, with a data folder of its own and no language model. */
function crew(given: Record<string, string>, ...args: string[]): Promise<Ended> {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NETRA_DATA_DIR: join(folder, "data"),
  };
  for (const name of [
    "NETRA_ENV",
    "DATABASE_URL",
    "CLICKHOUSE_URL",
    "UPSTASH_REDIS_REST_URL",
    "UPSTASH_REDIS_REST_TOKEN",
    "OPENAI_API_KEY",
  ]) {
    delete env[name];
  }
  Object.assign(env, given);
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, ["--import", "tsx", "party/cli/main.ts", ...args], {
      cwd: ROOT,
      env,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (piece: Buffer) => {
      stdout += piece.toString();
    });
    child.stderr.on("data", (piece: Buffer) => {
      stderr += piece.toString();
    });
    child.on("error", failed);
    child.on("close", (code) => done({ code, stdout, stderr }));
  });
}

interface Printed {
  report: Report;
  evidence: Evidence[];
  receipt: { rowsAccepted: number; rowsRejected: number; assumptions: string[] };
}

function read(stdout: string): Printed {
  const printed = JSON.parse(stdout) as Printed;
  reportSchema.parse(printed.report);
  for (const one of printed.evidence) evidenceSchema.parse(one);
  return printed;
}

function valueIn({ evidence }: Printed, tool: string, key: string): string | null | undefined {
  return evidence
    .find((one) => one.tool === tool)
    ?.values.find((value) => value.key === key && value.segment === null)?.value;
}

describe("wrong calls", () => {
  it.each([
    [["--ask", "what did it cost?"], "--import FILE is missing"],
    [["--import", "/nowhere.csv", "--ask", "what did it cost?"], "There is no file /nowhere.csv"],
    [["--import", "x.csv", "--ask", " "], '--ask "…" is missing'],
    [["--import", "x.csv", "--ask", "a", "--model", "gpt-4o"], "--model must be PROVIDER/MODEL"],
    [["--import", "x.csv", "--ask", "a", "--start", "soon"], "--start must be a date"],
    [["--what"], "--what"],
  ])("%j end with usage and code 2", async (args, message) => {
    const { code, stdout, stderr } = await crew({}, ...args);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
    expect(stderr).toContain("Usage: npm run crew");
  });
});

describe("files that hold no calls", () => {
  it("say what is wrong with them and end with code 1", async () => {
    const file = join(folder, "broken.csv");
    await writeFile(file, "timestamp,model,input_tokens,output_tokens\n2024-05-01,gpt-4o,-5,1\n");
    const { code, stdout, stderr } = await crew({}, "--import", file, "--ask", QUESTION);
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain("0 rows accepted, 1 rejected");
    expect(stderr).toMatch(/line 2, column input\\?_tokens/);
  }, 60_000);
});

describe("beside a running product", () => {
  it("uses its engines instead of starting others", async () => {
    const dataDir = join(folder, "shared");
    const engines = await startEngines({ dataDir });
    try {
      engines.writeNote({
        url: "http://127.0.0.1:3000",
        env: { ...engines.env, NETRA_ENV: "development" },
      });
      const file = join(folder, "few.csv");
      await writeFile(
        file,
        "timestamp,model,input_tokens,output_tokens\n2025-05-01T10:00:00Z,gpt-4o,1000,100\n",
      );
      const ended = await crew(
        { NETRA_DATA_DIR: dataDir },
        "--import",
        file,
        "--ask",
        "what did it cost?",
      );
      expect(ended.stderr).toContain("Using the engines of Netra at http://127.0.0.1:3000.");
      expect(ended.code).toBe(0);
      expect(ended.stdout).toContain("All calls cost $0.003500 [E1] for 1 [E1] call,");
    } finally {
      await engines.stop();
    }
  }, 90_000);
});

describe.runIf(present)("the reference files", () => {
  it("gives the Azure log's totals to the last digit, as Markdown", async () => {
    const { code, stdout, stderr } = await crew(
      {},
      "--import",
      azure,
      "--model",
      "openai/gpt-4o",
      "--ask",
      QUESTION,
    );
    expect(stderr).toContain("No language model configured: rule-based analysis");
    expect(code).toBe(0);
    expect(stdout).toContain(
      "19,366 [E1] calls cost $96.79 [E1] (22,361,870 [E1] input and 4,088,665 [E1] output tokens)",
    );
    expect(stdout).toContain(
      "Exact totals: 19,366 [E1] calls, 22,361,870 [E1] input tokens, 4,088,665 [E1] output tokens, $96.791325 [E1] (USD).",
    );
    expect(stdout).toContain("The log does not say how fast answers are");
    expect(stdout).toContain("## Evidence");
  }, 90_000);

  it("gives the same as JSON, of this file alone though it is there twice", async () => {
    const { code, stdout } = await crew(
      {},
      "--import",
      azure,
      "--model",
      "openai/gpt-4o",
      "--ask",
      QUESTION,
      "--json",
    );
    expect(code).toBe(0);
    const printed = read(stdout);
    expect(valueIn(printed, "profile-totals", "calls")).toBe("19366");
    expect(valueIn(printed, "profile-totals", "input_tokens")).toBe("22361870");
    expect(valueIn(printed, "profile-totals", "output_tokens")).toBe("4088665");
    expect(valueIn(printed, "profile-totals", "cost")).toBe("96.791325");
    expect(printed.receipt).toMatchObject({ rowsAccepted: 19_366, rowsRejected: 0 });
  }, 90_000);

  it("gives the Mooncake trace's prefix reuse, and says when it took it to begin", async () => {
    const { code, stdout, stderr } = await crew(
      {},
      "--import",
      mooncake,
      "--model",
      "openai/gpt-4o",
      "--ask",
      QUESTION,
      "--json",
    );
    expect(code).toBe(0);
    const printed = read(stdout);
    expect(valueIn(printed, "lever-prompt-cache", "hit_tokens_unlimited")).toBe("54098411");
    expect(valueIn(printed, "lever-prompt-cache", "hit_tokens")).toBe("42480677");
    const plan = JSON.stringify(printed.report.sections.find(({ id }) => id === "plan"));
    expect(plan).toContain("37.36 %");
    expect(plan).toContain("29.34 %");
    expect(stderr).toContain("The file's times count from zero");
    expect(printed.receipt.assumptions.join(" ")).toContain("was taken as its start");
  }, 90_000);

  it("takes a start date, and answers a direct question without a report", async () => {
    const { code, stdout, stderr } = await crew(
      {},
      "--import",
      mooncake,
      "--start",
      "2024-05-01",
      "--model",
      "openai/gpt-4o",
      "--ask",
      "How many tokens did we use?",
    );
    expect(code).toBe(0);
    expect(stderr).not.toContain("count from zero");
    expect(stdout).toContain("All calls read 144,793,823 [E1] input tokens");
    expect(stdout).toContain("from 2024-05-01 [E1]");
    expect(stdout).not.toContain("## Actions");
  }, 90_000);
});
