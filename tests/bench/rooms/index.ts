import { readFileSync } from "node:fs";
import { describeMeasured } from "../report";
import { measureInTime, type Row } from "./bounded-row";
import { burst } from "./row-burst";
import { firstToken } from "./row-first-token";
import { fuzz } from "./row-fuzz";
import { hostile } from "./row-hostile";
import { idle } from "./row-idle";
import { replay } from "./row-replay";
import { fiveHundredThreads, hundredThreads } from "./row-threads";
import { Stage } from "./stage";

export const rows: Record<string, Row> = {
  "first-token": { measure: firstToken, withinSeconds: 120 },
  burst: { measure: burst, withinSeconds: 120 },
  "threads-100": { measure: hundredThreads, withinSeconds: 150 },
  "threads-500": { measure: fiveHundredThreads, withinSeconds: 300 },
  replay: { measure: replay, withinSeconds: 120 },
  idle: { measure: idle, withinSeconds: 180 },
  hostile: { measure: hostile, withinSeconds: 180 },
  fuzz: { measure: fuzz, withinSeconds: 1_200 },
};

/**
 * The rooms beside the model's bare stream and a plain relay in the same workerd, taking turns. All the
 * rows, or with `--only ROW` one (more with commas). A goal that is missed is printed, and is no error; a
 * row that breaks is one, after the others had their turn.
 */
export async function run(args: readonly string[]): Promise<void> {
  const only = args.includes("--only") ? args[args.indexOf("--only") + 1]?.split(",") : undefined;
  const chosen = (only ?? Object.keys(rows)).map((name) => {
    const row = Object.hasOwn(rows, name) ? rows[name] : undefined;
    if (!row) throw new Error(`--only takes ${Object.keys(rows).join(", ")}; not ${name}`);
    return { name, row };
  });
  const startedAt = performance.now();
  const broken: unknown[] = [];
  await Stage.use(async (stage) => {
    console.log(`${versions()}\nstorage on disk, record in embedded PostgreSQL\n`);
    for (const { name, row } of chosen) {
      try {
        for (const measured of await measureInTime(name, row, stage)) {
          console.log(describeMeasured(measured));
        }
        const [error] = stage.takeRoomErrors();
        if (error) throw new Error(`The rooms logged an error: ${error}`);
      } catch (error) {
        console.log(`${name}: ${String(error)}`);
        broken.push(error);
      }
    }
  });
  console.log(`\n${((performance.now() - startedAt) / 1_000).toFixed(0)} s in all`);
  if (broken.length > 0) throw new AggregateError(broken, `${broken.length} rows broke`);
}

function versions(): string {
  return ["workerd", "partykit", "ws"]
    .map((name) => {
      const path = new URL(`../../../node_modules/${name}/package.json`, import.meta.url);
      const { version }: { version: string } = JSON.parse(readFileSync(path, "utf8"));
      return `${name} ${version}`;
    })
    .join(", ");
}
