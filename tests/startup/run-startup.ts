/** The startup sequence as a process of its own; ends with the exit code of a server that cannot start. */
import { StartupError, startup } from "../../db/startup";

try {
  const { close } = await startup(process.env, { log: console.log, seed: false });
  await close();
} catch (error) {
  if (!(error instanceof StartupError)) throw error;
  console.error(error.message);
  process.exit(error.exitCode);
}
