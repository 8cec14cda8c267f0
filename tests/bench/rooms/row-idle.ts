import type { Measured } from "../report";
import { residentMb } from "./process-usage";
import type { Stage } from "./stage";
import { roomWay, type Way } from "./ways";
import { textOf } from "./workload";

const ROOMS = 1_000;
const AT_ONCE = 20;
const IDLE_MS = 3_000;

/** A fresh workerd with 1,000 rooms, each with a short turn behind it and a client that stays. */
export async function idle(stage: Stage): Promise<Measured[]> {
  await stage.restartRooms();
  const empty = residentMb(stage.workerdPid);
  const visitors = await stage.threads(ROOMS);
  const ways: Way[] = [];
  for (let from = 0; from < ROOMS; from += AT_ONCE) {
    const some = visitors.slice(from, from + AT_ONCE).map(async (visitor) => {
      const way = await roomWay(stage.roomsUrl, visitor);
      await way.ask(textOf({ kind: "stream", tokens: 5, everyMs: 0 }));
      return way;
    });
    ways.push(...(await Promise.all(some)));
  }
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const value = residentMb(stage.workerdPid);
  for (const way of ways) way.close();
  return [
    {
      what: "1,000 idle rooms with a client each: memory",
      value,
      unit: " MB",
      goal: 600,
      detail: `resident memory of workerd, ${empty.toFixed(0)} MB without a room`,
    },
  ];
}
