/** One line about one stage; never a secret. */
export type StartupLog = (line: string) => void;

/** Runs one stage and logs one line with its outcome, as `say` gave it, or that it failed, and its time. */
export type StageLog = <T>(
  name: string,
  work: (say: (outcome: string) => void) => Promise<T>,
) => Promise<T>;

export function stageLog(log: StartupLog): StageLog {
  return async (name, work) => {
    const startedAt = performance.now();
    let outcome = "done";
    try {
      return await work((said) => {
        outcome = said;
      });
    } catch (error) {
      // Why, is told by who ends the process.
      outcome = "failed";
      throw error;
    } finally {
      log(`startup: ${name}: ${outcome} (${Math.round(performance.now() - startedAt)} ms)`);
    }
  };
}
