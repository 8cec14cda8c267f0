import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { exitCodes, StartupError } from "../db/startup/exit-codes";
import { reset } from "./db-reset";

/**
 * `--reset`: wipes the demo data of this machine after asking; with `--yes` without a question. Ends the
 * process when the answer is no, when nobody can be asked, or when Netra runs on the data.
 */
export async function resetIfAsked(args: readonly string[]): Promise<void> {
  if (!args.includes("--reset")) return;
  const dataDir = resolve(process.env.NETRA_DATA_DIR || ".netra");
  if ((process.env.NETRA_ENV || "development") !== "development") {
    end("--reset wipes development data only, and NETRA_ENV says otherwise.");
  }
  if (existsSync(dataDir) && !args.includes("--yes") && !(await agrees(dataDir))) {
    end("Nothing was removed.");
  }
  try {
    reset();
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    end(error.message);
  }
}

async function agrees(dataDir: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    end("There is no terminal to ask at: add --yes to wipe the data without a question.");
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(
    `This removes every workspace, thread and call in ${dataDir}. Type "yes" to go on: `,
  );
  terminal.close();
  return answer.trim().toLowerCase() === "yes";
}

function end(words: string): never {
  console.error(words);
  process.exit(exitCodes.configuration);
}
