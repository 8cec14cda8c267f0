import type { Log } from "./loopback";

/** One life of an engine process. */
export interface RunningProcess {
  /** Resolves with the reason when the process ended, wanted or not. */
  exited: Promise<string>;
  /** Ends the process in order and resolves when it is gone. */
  stop(): Promise<void>;
}

const restartDelaysMs = [100, 500, 1_000, 2_000];
/** A life longer than this counts as healthy, and the delays start over. */
const healthyAfterMs = 60_000;

/**
 * Keeps an engine process alive: launches it, and launches it again when it ends unasked, at most
 * four times in quick succession.
 */
export class KeptProcess {
  private current: RunningProcess | null = null;
  private stopping = false;
  private restarting: Promise<void> = Promise.resolve();

  private constructor(
    private readonly name: string,
    private readonly launch: () => Promise<RunningProcess>,
    private readonly log: Log,
  ) {}

  /** Resolves when the process is ready for work; rejects when its first launch fails. */
  static async start(
    name: string,
    launch: () => Promise<RunningProcess>,
    log: Log,
  ): Promise<KeptProcess> {
    const kept = new KeptProcess(name, launch, log);
    kept.watch(await launch(), 0);
    return kept;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.restarting;
    await this.current?.stop();
    this.current = null;
  }

  private watch(running: RunningProcess, failures: number): void {
    this.current = running;
    const since = Date.now();
    void running.exited.then((reason) => {
      if (this.stopping) return;
      this.current = null;
      const next = Date.now() - since > healthyAfterMs ? 0 : failures;
      this.restarting = this.restart(reason, next);
    });
  }

  private async restart(reason: string, failures: number): Promise<void> {
    let why = reason;
    for (let attempt = failures; attempt < restartDelaysMs.length; attempt++) {
      this.log(`${this.name} ended (${why}); starting it again`);
      await new Promise((resolve) => setTimeout(resolve, restartDelaysMs[attempt]));
      if (this.stopping) return;
      try {
        const running = await this.launch();
        this.log(`${this.name} is back`);
        this.watch(running, attempt + 1);
        return;
      } catch (error) {
        why = error instanceof Error ? error.message : String(error);
      }
    }
    this.log(`${this.name} keeps failing and stays down: ${why}`);
  }
}
