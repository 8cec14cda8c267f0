import { type ChildProcess, fork } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createCookie } from "@remix-run/node";
import { newToken, tokenHash } from "../../../app/auth/random-token";
import { type EngineEnvironment, readNote } from "../../../db/embedded";
import { createDatabase, createSession, type Database } from "../../../db/postgres";
import { memberships, threads, users, workspaces } from "../../../db/postgres/schema";
import { RoomProcess, Visitor } from "../../host/room-process";
import { type ModelServer, startModelServer } from "../../support/model-server";
import { recordSignIn } from "../../support/sign-in";
import { freePort } from "../../support/web-server";
import { type Hosting, roomsAlone } from "./hosting";
import { timedTokens } from "./reception";
import { workloadOf } from "./workload";

/**
 * What the rows stand on: the built rooms in workerd with durable storage on disk, as the product's
 * host runs them, on embedded engines in a process of their own; and the model's server in this one,
 * so that the writer of a token and its reader share a clock.
 */
export class Stage {
  readonly #user = crypto.randomUUID();
  readonly #workspace = crypto.randomUUID();
  #restarting: Promise<void> = Promise.resolve();
  #isOver = false;

  private constructor(
    readonly model: ModelServer,
    /** The engines' and the model's variables. */
    readonly env: Readonly<Record<string, string>>,
    private readonly database: Database,
    private readonly start: () => Promise<RoomProcess>,
    private rooms: RoomProcess,
  ) {}

  /** Lets `work` have a stage, and clears it away however the work or the building of the stage ends. */
  static async use(
    work: (stage: Stage) => Promise<void>,
    hosting: Hosting = roomsAlone,
  ): Promise<void> {
    const cleaning: (() => unknown)[] = [];
    let cleaned: Promise<void> | null = null;
    const clean = () => {
      cleaned ??= (async () => {
        for (const step of cleaning.reverse()) await step();
      })();
      return cleaned;
    };
    const building = Stage.#build(hosting, (step) => cleaning.push(step));
    // A process that is just starting is cleaned away only once it is known.
    const interrupted = () => {
      const cleaned = building.then(clean, clean);
      void cleaned.finally(() => process.exit(1));
    };
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      process.once(signal, interrupted);
      cleaning.push(() => process.off(signal, interrupted));
    }
    try {
      await work(await building);
    } finally {
      await clean();
    }
  }

  static async #build(hosting: Hosting, onEnd: (step: () => unknown) => void): Promise<Stage> {
    const folder = mkdtempSync(join(tmpdir(), "netra-bench-rooms-"));
    onEnd(() => rmSync(folder, { recursive: true, force: true }));
    // PostgreSQL's own user has to come through.
    chmodSync(folder, 0o711);
    const bundle = await hosting.build(folder, onEnd);
    const model = await startModelServer();
    onEnd(() => model.stop());
    model.script({ reply: replyTo, times: Number.POSITIVE_INFINITY });
    const engines = holdEngines(folder);
    onEnd(() => ended(engines));
    await ready(engines);
    const engineEnv = readNote(folder)?.note as EngineEnvironment;
    const env = { ...engineEnv, OPENAI_BASE_URL: model.url };
    const database = createDatabase({ DATABASE_URL: engineEnv.DATABASE_URL ?? "" });
    const start = async () =>
      RoomProcess.start(folder, await freePort(), bundle, env, hosting.main);
    const stage = new Stage(model, env, database, start, await start());
    onEnd(() => stage.#endRooms());
    await stage.#populate();
    return stage;
  }

  get roomsUrl(): string {
    return this.rooms.url;
  }

  get workerdPid(): number {
    const [pid] = this.rooms.workerdPids;
    if (pid === undefined) throw new Error("workerd does not run");
    return pid;
  }

  /** What the rooms logged as an error since this was asked last. */
  takeRoomErrors(): string[] {
    const lines = this.rooms.lines.splice(0);
    return lines.filter((line) => line.includes('"level":"error"') || /uncaught/i.test(line));
  }

  /** New threads of the record, each with somebody who may write there. */
  async threads(count: number): Promise<Visitor[]> {
    const visitors = Array.from(
      { length: count },
      () => new Visitor(this.#user, this.#workspace, crypto.randomUUID()),
    );
    const rows = visitors.map(({ threadId }) => ({
      id: threadId,
      workspaceId: this.#workspace,
      createdBy: this.#user,
      title: "Bench",
    }));
    await this.database.write((sql) => sql.insert(threads).values(rows));
    return visitors;
  }

  /** The cookie with which a browser of the threads' person comes to the app. */
  async cookie(): Promise<string> {
    const id = newToken();
    await createSession(this.database, {
      idHash: await tokenHash(id),
      userId: this.#user,
      workspaceId: this.#workspace,
      expiresAt: new Date(Date.now() + 3_600_000),
    });
    return createCookie("netra_session").serialize(id);
  }

  /** A new workerd on the same storage. */
  async restartRooms(): Promise<void> {
    if (this.#isOver) throw new Error("The bench is over");
    const restart = async () => {
      await ended(this.rooms.child);
      this.rooms = await this.start();
    };
    this.#restarting = restart();
    await this.#restarting;
  }

  async #endRooms(): Promise<void> {
    this.#isOver = true;
    await this.#restarting.catch(() => {});
    await ended(this.rooms.child);
  }

  async #populate(): Promise<void> {
    const [userId, workspaceId] = [this.#user, this.#workspace];
    const user = { id: userId, issuer: "bench", subject: "bench", email: null, name: "Ada" };
    await this.database.write((sql) =>
      sql.batch([
        sql.insert(users).values(user),
        sql.insert(workspaces).values({ id: workspaceId, name: "Bench" }),
        sql.insert(memberships).values({ userId, workspaceId, role: "member" }),
      ]),
    );
    await recordSignIn(this.database, { userId, workspaceId });
  }
}

function replyTo({ text }: { text: string }) {
  const workload = workloadOf(text);
  if (workload?.kind !== "stream") throw new Error(`No stream is asked for: ${text}`);
  return { kind: "stream" as const, tokens: timedTokens(workload.tokens, workload.everyMs) };
}

function holdEngines(folder: string): ChildProcess {
  const program = fileURLToPath(new URL("../../embedded/hold-engines.ts", import.meta.url));
  return fork(program, [folder], { execArgv: ["--import", "tsx"], silent: true });
}

async function ready(engines: ChildProcess): Promise<void> {
  let trouble = "";
  engines.stderr?.on("data", (part) => {
    trouble += part;
  });
  await new Promise<void>((resolve, reject) => {
    engines.stdout?.once("data", () => resolve());
    engines.once("exit", () => reject(new Error(`The engines did not start: ${trouble}`)));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await exit;
}
