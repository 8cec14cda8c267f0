import { type ChildProcess, spawn } from "node:child_process";

export interface StartupEnding {
  code: number | null;
  signal: string | null;
  output: string;
}

/** The startup sequence in a process of its own with exactly this environment. */
export function launchStartup(env: Record<string, string>): {
  child: ChildProcess;
  ended: Promise<StartupEnding>;
} {
  const child = spawn(process.execPath, ["--import", "tsx", "tests/startup/run-startup.ts"], {
    env: { PATH: process.env.PATH, NODE_ENV: "test", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (text) => {
      output += text;
    });
  }
  const ended = new Promise<StartupEnding>((resolve) =>
    child.once("close", (code, signal) => resolve({ code, signal, output })),
  );
  return { child, ended };
}
