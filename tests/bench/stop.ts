import { StopScene, type Work } from "../host/stop-scene";
import { describeMeasured, percentile } from "./report";

/** Within this a stop is to end what the run is busy with, ms. */
const GOAL_MS = 200;

/**
 * From `run.cancel` on the wire until the model's server sees its connection closed, and until ClickHouse
 * lists the query no more: in the rooms' own workerd, one run at a time. `--runs N`, 50 by default.
 */
export async function run(args: readonly string[]): Promise<void> {
  const runs = Number(args[args.indexOf("--runs") + 1]) || 50;
  const scene = await StopScene.start();
  try {
    for (const [work, what] of [
      ["model", "Stop closes the model's connection, max"],
      ["query", "Stop ends the query in ClickHouse, max"],
    ] as const) {
      const times = await timesOf(scene, work, runs);
      const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
      const detail = `p50 ${p50} ms, p99 ${p99} ms, ${runs} runs`;
      const value = Math.max(...times);
      console.log(describeMeasured({ what, value, unit: " ms", goal: GOAL_MS, detail }));
    }
  } finally {
    await scene.end();
  }
}

async function timesOf(scene: StopScene, work: Work, runs: number): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const { someone, socket } = await scene.busy(work);
    times.push(await scene.stop(someone, socket, work));
    socket.close();
  }
  return times;
}
