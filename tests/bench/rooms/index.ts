import { readFileSync } from "node:fs";
import { describeMeasured, type Measured } from "../report";
import { burst } from "./row-burst";
import { firstToken } from "./row-first-token";
import { fuzz } from "./row-fuzz";
import { idle } from "./row-idle";
import { replay } from "./row-replay";
import { fiveHundredThreads, hundredThreads } from "./row-threads";
import { Stage } from "./stage";

const rows: Record<string, (stage: Stage) => Promise<Measured[]>> = {
  "first-token": firstToken,
  burst,
  "threads-100": hundredThreads,
  "threads-500": fiveHundredThreads,
  replay,
  idle,
  fuzz,
};

/**
 * The rooms beside the model's bare stream and a plain relay in the same workerd, taking turns. All the
 * rows, or with `--only ROW` one (more with commas). A goal that is missed is printed, and is no error.
 */
export async function run(args: readonly string[]): Promise<void> {
  const only = args.includes("--only") ? args[args.indexOf("--only") + 1]?.split(",") : undefined;
  const names = only ?? Object.keys(rows);
  const chosen = names.map((name) => {
    const row = Object.hasOwn(rows, name) ? rows[name] : undefined;
    if (!row) throw new Error(`--only takes ${Object.keys(rows).join(", ")}; not ${name}`);
    return row;
  });
  const startedAt = performance.now();
  const stage = await Stage.open();
  try {
    console.log(`${versions()}\nstorage on disk, record in embedded PostgreSQL\n`);
    for (const row of chosen) {
      for (const measured of await row(stage)) console.log(describeMeasured(measured));
    }
    const [error] = stage.roomErrors;
    if (error) throw new Error(`The rooms logged errors: ${error}`);
  } finally {
    await stage.close();
  }
  console.log(`\n${((performance.now() - startedAt) / 1_000).toFixed(0)} s in all`);
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
