import { until } from "../embedded/support";
import { SECRET } from "../host/room-process";
import { buildWeb, freePort, startWeb } from "../support/web-server";
import { describeMeasured, type Measured, median, percentile } from "./report";
import { rows } from "./rooms";
import { measureInTime } from "./rooms/bounded-row";
import { withTheApp } from "./rooms/hosting";
import { processorMs } from "./rooms/process-usage";
import { Stage } from "./rooms/stage";
import { roomWay } from "./rooms/ways";
import { textOf } from "./rooms/workload";

/** Rows of the rooms' bench that are worth comparing; hostile and fuzz measure the room, not its host. */
const COMPARED = ["first-token", "burst", "threads-100", "threads-500", "replay", "idle"];
const AT_ONCE = 8;
const ROUND_MS = 4_000;
const ROUNDS = 5;

/** One of the two as browsers see it. */
interface Side {
  name: string;
  stage: Stage;
  origin: string;
  pid: () => number;
}

/**
 * The worker for the edge in workerd on this machine against the Node build, taking turns in one run: the page
 * of a thread, then rows of the rooms' bench. All, or with `--only page,burst` some.
 */
export async function run(args: readonly string[]): Promise<void> {
  const only = args.includes("--only") ? args[args.indexOf("--only") + 1]?.split(",") : undefined;
  const chosen = ["page", ...COMPARED].filter((name) => only?.includes(name) ?? true);
  const build = await buildWeb();
  try {
    await Stage.use((node) =>
      Stage.use(async (edge) => {
        if (chosen.includes("page")) await comparePages(build, node, edge);
        for (const name of chosen.filter((one) => one !== "page")) {
          await compareRow(name, node, edge);
        }
      }, withTheApp),
    );
  } finally {
    build.remove();
  }
}

async function compareRow(name: string, node: Stage, edge: Stage): Promise<void> {
  const row = rows[name];
  if (!row) throw new Error(`There is no row ${name}`);
  const measured: Measured[][] = [];
  for (const stage of [node, edge]) measured.push(await measureInTime(name, row, stage));
  const [onNode = [], atEdge = []] = measured;
  for (const [index, figure] of onNode.entries()) {
    const other = atEdge[index];
    if (!other) continue;
    console.log(describeMeasured({ ...figure, what: `Node: ${figure.what}` }));
    console.log(describeMeasured({ ...other, what: `edge: ${other.what}` }));
  }
}

async function comparePages(
  build: Awaited<ReturnType<typeof buildWeb>>,
  node: Stage,
  edge: Stage,
): Promise<void> {
  const port = await freePort();
  const web = await startWeb(build, {
    ...node.env,
    NETRA_ENV: "test",
    PORT: String(port),
    ROOMS_URL: node.roomsUrl,
    ROOM_TICKET_SECRET: SECRET,
  });
  try {
    const sides: Side[] = [
      { name: "Node", stage: node, origin: web.origin, pid: () => web.pid },
      { name: "edge", stage: edge, origin: edge.roomsUrl, pid: () => edge.workerdPid },
    ];
    const pages = await Promise.all(sides.map(async (side) => ({ side, ask: await pageOf(side) })));
    const loads = new Map(sides.map(({ name }) => [name, [] as Load[]]));
    for (const { side, ask } of pages) await load(side, ask);
    for (let round = 0; round < ROUNDS; round++) {
      // Neither is always the first.
      for (const { side, ask } of round % 2 === 0 ? pages : pages.toReversed()) {
        loads.get(side.name)?.push(await load(side, ask));
      }
    }
    for (const [name, list] of loads) report(name, list);
  } finally {
    await web.stop();
  }
}

/** What asks for the page of a thread of 20 steps and an answer of 300 tokens. */
async function pageOf({ stage, origin }: Side): Promise<() => Promise<string>> {
  const [visitor] = await stage.threads(1);
  if (!visitor) throw new Error("No thread");
  const way = await roomWay(stage.roomsUrl, visitor);
  await way.ask(textOf({ kind: "record", steps: 20 }));
  const question = textOf({ kind: "stream", tokens: 300, everyMs: 0 });
  await way.ask(question);
  way.close();
  const cookie = await stage.cookie();
  const page = async () => {
    const response = await fetch(`${origin}/threads/${visitor.threadId}`, { headers: { cookie } });
    const html = await response.text();
    if (response.status !== 200) throw new Error(`The page answered ${response.status}`);
    return html;
  };
  // The room hands it to the record by and by.
  await until(async () => (await page()).includes(question), 20_000);
  return page;
}

interface Load {
  perSecond: number;
  times: number[];
  /** Of the process that serves, per page, ms. */
  cpu: number;
}

async function load({ pid }: Side, ask: () => Promise<unknown>): Promise<Load> {
  const times: number[] = [];
  const before = processorMs(pid());
  const startedAt = performance.now();
  const asker = async () => {
    while (performance.now() - startedAt < ROUND_MS) {
      const askedAt = performance.now();
      await ask();
      times.push(performance.now() - askedAt);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, asker));
  const seconds = (performance.now() - startedAt) / 1_000;
  const cpu = (processorMs(pid()) - before) / times.length;
  return { perSecond: times.length / seconds, times, cpu };
}

function report(name: string, loads: readonly Load[]): void {
  const times = loads.flatMap((load) => load.times);
  const detail = `${AT_ONCE} at once, ${ROUNDS} rounds, p50 ${percentile(times, 0.5).toFixed(1)} ms, ${median(loads.map(({ cpu }) => cpu)).toFixed(1)} ms of CPU a page`;
  const value = median(loads.map(({ perSecond }) => perSecond));
  console.log(describeMeasured({ what: `${name}: thread page`, value, unit: "/s", detail }));
  const p99 = percentile(times, 0.99);
  console.log(
    describeMeasured({ what: `${name}: thread page p99`, value: p99, unit: " ms", detail: "" }),
  );
}
