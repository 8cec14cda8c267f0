import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** One process of the product and how to know that it answers. */
export interface ProcessSpec {
  name: string;
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** Asked until it says true; ends with an error when the process dies first or time runs out. */
  isReady: () => Promise<boolean>;
  readyWithinMs: number;
}

/** A process ended before it was ready, or was not ready in time. `lines` are the last it printed. */
export class ProcessFailedError extends Error {
  override readonly name = "ProcessFailedError";
  constructor(
    readonly process: string,
    readonly reason: string,
    readonly exitCode: number,
    readonly lines: readonly string[],
  ) {
    super(`${process} ${reason}${lines.length > 0 ? `\n${lines.join("\n")}` : ""}`);
  }
}

interface Running {
  spec: ProcessSpec;
  child: ChildProcess;
  lastLines: string[];
  exited: Promise<number>;
}

const KEPT_LINES = 30;
const STOP_WITHIN_MS = 5_000;
const RESTART_FIRST_MS = 250;
const RESTART_AT_MOST_MS = 5_000;
const STEADY_AFTER_MS = 30_000;

/**
 * Starts processes, each in a process group of its own, keeps them running and stops them in reverse
 * order. A group is signalled as a whole, so nothing a child started outlives it.
 */
export class ProcessSupervisor {
  readonly #running: Running[] = [];
  #stopping = false;

  constructor(
    private readonly print: (name: string, line: string) => void,
    private readonly onPids: (pids: Record<string, number>) => void = () => {},
  ) {}

  /** Resolves once the process answers. After that it is started again whenever it ends by itself. */
  async start(spec: ProcessSpec): Promise<void> {
    const running = this.#spawn(spec);
    this.#running.push(running);
    this.#announce();
    await this.#untilReady(running);
    void this.#keepRunning(running);
  }

  /** Stops everything, last started first. Safe to call twice. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const running of this.#running.splice(0).reverse()) {
      signalGroup(running.child, "SIGTERM");
      const timer = setTimeout(() => signalGroup(running.child, "SIGKILL"), STOP_WITHIN_MS);
      await running.exited;
      clearTimeout(timer);
      // What the process started itself may still be closing down.
      signalGroup(running.child, "SIGKILL");
    }
  }

  #announce(): void {
    this.onPids(
      Object.fromEntries(
        this.#running.flatMap(({ spec, child }) => (child.pid ? [[spec.name, child.pid]] : [])),
      ),
    );
  }

  #spawn(spec: ProcessSpec): Running {
    const child = spawn(spec.command, spec.args, {
      env: spec.env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const lastLines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        lastLines.push(line);
        if (lastLines.length > KEPT_LINES) lastLines.shift();
        this.print(spec.name, line);
      });
    }
    const exited = new Promise<number>((resolve) => {
      child.once("error", (error) => {
        lastLines.push(error.message);
        resolve(127);
      });
      child.once("close", (code) => resolve(code ?? 1));
    });
    return { spec, child, lastLines, exited };
  }

  async #untilReady(running: Running): Promise<void> {
    const { spec } = running;
    let exitCode: number | null = null;
    void running.exited.then((code) => {
      exitCode = code;
    });
    const deadline = Date.now() + spec.readyWithinMs;
    while (Date.now() < deadline) {
      if (exitCode !== null) {
        throw new ProcessFailedError(
          spec.name,
          "ended before it was ready",
          exitCode,
          running.lastLines,
        );
      }
      if (await spec.isReady()) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new ProcessFailedError(
      spec.name,
      `was not ready within ${spec.readyWithinMs / 1000} s`,
      1,
      running.lastLines,
    );
  }

  async #keepRunning(first: Running): Promise<void> {
    let current = first;
    let wait = RESTART_FIRST_MS;
    for (;;) {
      const startedAt = Date.now();
      const code = await current.exited;
      if (this.#stopping) return;
      signalGroup(current.child, "SIGKILL");
      if (Date.now() - startedAt > STEADY_AFTER_MS) wait = RESTART_FIRST_MS;
      this.print(current.spec.name, `ended with code ${code}; starting it again in ${wait} ms`);
      await new Promise((resolve) => setTimeout(resolve, wait));
      if (this.#stopping) return;
      wait = Math.min(wait * 2, RESTART_AT_MOST_MS);
      const next = this.#spawn(current.spec);
      this.#running.splice(this.#running.indexOf(current), 1, next);
      this.#announce();
      current = next;
    }
  }
}

/** Signals a child and everything it started; a group that is already gone is no error. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid !== undefined) signalGroupOf(child.pid, signal);
}

/** Signals the process group led by `pid`. */
export function signalGroupOf(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Whether a GET of the URL answers with a status below 500 within a second. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1_000), redirect: "manual" });
    await response.body?.cancel();
    return response.status < 500;
  } catch {
    return false;
  }
}
