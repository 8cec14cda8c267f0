import { type ChildProcess, fork } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type EngineEnvironment, readNote } from "../../../db/embedded";
import { createDatabase, type Database } from "../../../db/postgres";
import { memberships, threads, users, workspaces } from "../../../db/postgres/schema";
import { buildRooms } from "../../../party/host/build-rooms";
import { freePort, RoomProcess, Visitor } from "../../host/room-process";
import { type ModelServer, startModelServer } from "../../support/model-server";
import { recordSignIn } from "../../support/sign-in";
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

  private constructor(
    readonly model: ModelServer,
    private readonly folder: string,
    private readonly engines: ChildProcess,
    private readonly env: Record<string, string>,
    private readonly database: Database,
    private rooms: RoomProcess,
  ) {}

  static async open(): Promise<Stage> {
    const folder = mkdtempSync(join(tmpdir(), "netra-bench-rooms-"));
    // PostgreSQL's own user has to come through.
    chmodSync(folder, 0o711);
    const bundle = join(folder, "worker.js");
    await buildRooms({ entry: "tests/bench/rooms/bench-rooms.ts", outfile: bundle });
    const model = await startModelServer();
    model.script({ reply: replyTo, times: Number.POSITIVE_INFINITY });
    const engines = await holdEngines(folder);
    const engineEnv = readNote(folder)?.note as EngineEnvironment;
    const env = { ...engineEnv, OPENAI_BASE_URL: model.url };
    const rooms = await startRooms(folder, env);
    const database = createDatabase({ DATABASE_URL: engineEnv.DATABASE_URL ?? "" });
    const stage = new Stage(model, folder, engines, env, database, rooms);
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

  /** What the rooms logged as an error so far. */
  get roomErrors(): string[] {
    return this.rooms.lines.filter(
      (line) => line.includes('"level":"error"') || /uncaught/i.test(line),
    );
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

  /** A new workerd on the same storage. */
  async restartRooms(): Promise<void> {
    this.rooms.child.kill("SIGTERM");
    await this.rooms.exited;
    this.rooms = await startRooms(this.folder, this.env);
  }

  async close(): Promise<void> {
    this.rooms.child.kill("SIGTERM");
    await this.rooms.exited;
    const ended = new Promise((resolve) => this.engines.once("exit", resolve));
    this.engines.kill("SIGTERM");
    await ended;
    await this.model.stop();
    rmSync(this.folder, { recursive: true, force: true });
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

async function startRooms(folder: string, env: Record<string, string>): Promise<RoomProcess> {
  const port = await freePort();
  return RoomProcess.start(folder, port, join(folder, "worker.js"), env, "party/host/main.ts");
}

async function holdEngines(folder: string): Promise<ChildProcess> {
  const holder = fork(
    fileURLToPath(new URL("../../embedded/hold-engines.ts", import.meta.url)),
    [folder],
    { execArgv: ["--import", "tsx"], silent: true },
  );
  let trouble = "";
  holder.stderr?.on("data", (part) => {
    trouble += part;
  });
  await new Promise<void>((resolve, reject) => {
    holder.stdout?.once("data", () => resolve());
    holder.once("exit", () => reject(new Error(`The engines did not start: ${trouble}`)));
  });
  return holder;
}
