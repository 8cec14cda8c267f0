/**
 * `npm run bench -- <name>`: measures, and prints machine, versions and medians. Names are those of the
 * files in tests/bench.
 */

import { run as analysis } from "../tests/bench/analysis";
import { run as crew } from "../tests/bench/crew";
import { run as edge } from "../tests/bench/edge";
import { run as levers } from "../tests/bench/levers";
import { describeMachine } from "../tests/bench/report";
import { run as rooms } from "../tests/bench/rooms";
import { run as startup } from "../tests/bench/startup";
import { run as stop } from "../tests/bench/stop";
import { run as truth } from "../tests/bench/truth";

const benches: Record<string, (args: readonly string[]) => Promise<void>> = {
  levers,
  analysis,
  crew,
  edge,
  rooms,
  startup,
  stop,
  truth,
};

const [name = "", ...args] = process.argv.slice(2);
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (bench) {
  for (const line of describeMachine()) console.log(line);
  await bench(args);
} else {
  console.error(`Usage: npm run bench -- ${Object.keys(benches).join(" | ")} [options]`);
  process.exitCode = 1;
}
