import { type Measured, median, percentile } from "../report";
import type { Reception } from "./reception";
import type { Stage } from "./stage";
import { rawWay, relayWay, roomWay } from "./ways";
import { textOf } from "./workload";

const TURNS = 100;
const WARM_UP = 10;

/** What a relay and a room add to the time of the first token, over reading the model's stream itself. */
export async function firstToken(stage: Stage): Promise<Measured[]> {
  const [visitor] = await stage.threads(1);
  if (!visitor) throw new Error("No thread");
  const ways = {
    raw: rawWay(stage.model.url),
    relay: await relayWay(stage.roomsUrl, "first-token"),
    room: await roomWay(stage.roomsUrl, visitor),
  };
  const heard: Record<keyof typeof ways, Reception[]> = { raw: [], relay: [], room: [] };
  const text = textOf({ kind: "stream", tokens: 6, everyMs: 10 });
  for (let turn = 0; turn < WARM_UP + TURNS; turn++) {
    for (const name of ["raw", "relay", "room"] as const) {
      const reception = await ways[name].ask(text);
      if (turn >= WARM_UP) heard[name].push(reception);
    }
  }
  ways.relay.close();
  ways.room.close();

  const fromModel = (name: keyof typeof ways) =>
    heard[name].map(({ delays: [first] }) => first ?? 0);
  const fromQuestion = (name: keyof typeof ways) => heard[name].map(({ untilFirst }) => untilFirst);
  const row = (what: string, times: (name: keyof typeof ways) => number[], goal?: number) => ({
    what,
    value: median(times("room")) - median(times("raw")),
    unit: " ms",
    ...(goal === undefined ? {} : { goal }),
    detail: (["raw", "relay", "room"] as const)
      .map(
        (name) => `${name} p50 ${ms(median(times(name)))} p99 ${ms(percentile(times(name), 0.99))}`,
      )
      .join(", "),
  });
  return [
    row("first token, from the model's write: added", fromModel, 4),
    row("first token, from the client's send: added", fromQuestion),
  ];
}

const ms = (value: number) => `${value.toFixed(1)} ms`;
