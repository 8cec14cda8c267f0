import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WebSocket } from "ws";
import { type ClickHouse, createClickHouse } from "../../db/clickhouse";
import { buildRooms } from "../../party/host/build-rooms";
import { startTestEngines, type TestEngines } from "../embedded/support";
import { type ModelServer, startModelServer } from "../support/model-server";
import { freePort } from "../support/web-server";
import { RoomProcess, until, Visitor } from "./room-process";

/** What a run is busy with when it is stopped. */
export type Work = "model" | "query";

/** What the model has said before it falls silent. */
export const SAID = "Most of it goes ";

/** Rooms over a real ClickHouse and a model that never comes to an end. */
export class StopScene {
  rooms: RoomProcess;

  private constructor(
    rooms: RoomProcess,
    private readonly engines: TestEngines,
    private readonly model: ModelServer,
    private readonly clickhouse: ClickHouse,
    private readonly restart: () => Promise<RoomProcess>,
    private readonly folder: string,
  ) {
    this.rooms = rooms;
  }

  static async start(): Promise<StopScene> {
    const folder = mkdtempSync(join(tmpdir(), "netra-stop-"));
    const bundle = join(folder, "worker.js");
    const [engines, model, port] = await Promise.all([
      startTestEngines({ only: { postgres: false, redis: false } }),
      startModelServer(),
      freePort(),
      buildRooms({ entry: "tests/host/stoppable-rooms.ts", outfile: bundle }),
    ]);
    model.script({ reply: { kind: "stall", text: SAID }, times: Number.POSITIVE_INFINITY });
    const CLICKHOUSE_URL = engines.env.CLICKHOUSE_URL ?? "";
    const env = { CLICKHOUSE_URL, OPENAI_API_KEY: "test-key", OPENAI_BASE_URL: model.url };
    const start = () => RoomProcess.start(join(folder, "data"), port, bundle, env);
    const clickhouse = createClickHouse({ CLICKHOUSE_URL });
    return new StopScene(await start(), engines, model, clickhouse, start, folder);
  }

  /** `kill -9` of the rooms, and their start. */
  async killRooms(): Promise<void> {
    await this.rooms.kill();
    this.rooms = await this.restart();
  }

  /** Somebody whose run is in the middle of its work. */
  async busy(work: Work): Promise<{ someone: Visitor; socket: WebSocket }> {
    const someone = new Visitor();
    const socket = await someone.connect(this.rooms.url);
    // The model is told which thread asks.
    const text = work === "query" ? "query" : someone.threadId;
    socket.send(JSON.stringify({ type: "message.send", id: crypto.randomUUID(), text }));
    await this.untilBusy(someone, work);
    return { someone, socket };
  }

  async untilBusy(someone: Visitor, work: Work, times = 1): Promise<void> {
    if (work === "model") {
      await until(() => this.#callsOf(someone).length === times);
      await until(() => someone.count("text-delta") > 0);
    } else await this.#untilQueries(someone, (count) => count > 0);
  }

  /** Says stop over a connection; resolves to how long the work went on, ms. */
  async stop(someone: Visitor, socket: WebSocket, work: Work): Promise<number> {
    const run = someone.events.findLast(({ event }) => event.type === "run-started")?.event;
    const stoppedAt = Date.now();
    socket.send(
      JSON.stringify({ type: "run.cancel", runId: run?.type === "run-started" ? run.runId : "" }),
    );
    if (work === "query") return (await this.#untilQueries(someone, (n) => n === 0)) - stoppedAt;
    const call = this.#callsOf(someone).at(-1);
    await until(() => call?.abandonedAt !== null, 5_000);
    return (call?.abandonedAt ?? Number.NaN) - stoppedAt;
  }

  async end(): Promise<void> {
    await this.rooms.kill();
    await Promise.all([this.model.stop(), this.clickhouse.close()]);
    await this.engines.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #callsOf(someone: Visitor) {
    return this.model.calls.filter(({ text }) => text.includes(someone.threadId));
  }

  /** Asks ClickHouse what it works at for this thread; resolves to when it was so, Unix ms. */
  async #untilQueries(someone: Visitor, wanted: (count: number) => boolean): Promise<number> {
    for (const deadline = Date.now() + 5_000; Date.now() < deadline; ) {
      const { rows } = await this.clickhouse.query({
        name: "processes",
        sql: "SELECT countIf(position(Settings['log_comment'], {thread:String}) > 0) AS n FROM system.processes",
        parameters: { thread: someone.threadId },
      });
      if (wanted(Number((rows as { n: string }[])[0]?.n))) return Date.now();
    }
    throw new Error("ClickHouse did not come to it within 5 s");
  }
}
