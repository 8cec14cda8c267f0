/**
 * A process to be killed: starts the engines on the folder of its first argument and waits. When that
 * fails it prints the one line that a person would see.
 */
import { startEngines } from "../../db/embedded";

try {
  const engines = await startEngines({ dataDir: process.argv[2] ?? "" });
  engines.writeNote(engines.env);
  process.stdout.write("ready\n");
  process.once("SIGTERM", () => void engines.stop().then(() => process.exit(0)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
