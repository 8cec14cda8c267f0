/** A process to be killed: starts the engines on the folder of its first argument and waits. */
import { startEngines } from "../../db/embedded";

const engines = await startEngines({ dataDir: process.argv[2] ?? "" });
engines.writeNote(engines.env);
process.stdout.write("ready\n");
