import type { Log } from "./loopback";

/** One life of an engine process. */
export interface RunningProcess {
  /** Resolves with the reason when the process ended, wanted or not. */
  exited: Promise<string>;
  /** Ends the process in order and resolves when it is gone. */
  stop(): Promise<void>;
}

/** The last one is kept to: what is in the way (a full disk, a taken port) may go at any time. */
const restartDelaysMs = [100, 500, 1_000, 2_000, 5_000] as const;
/** A life longer than this counts as healthy, and the delays start over. */
const healthyAfterMs = 60_000;

/**
 * Keeps an engine process alive: launches it, and launches it again when it ends unasked, for as long
 * as it takes, ever more slowly.
 */
export class KeptProcess {
  private current: RunningProcess | null = null;
  private stopping = false;
  private wake: () => void = () => undefined;
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
    this.wake();
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
    this.log(`${this.name} ended (${reason}); starting it again`);
    let told = reason;
    for (let attempt = failures; ; attempt++) {
      await this.pause(restartDelaysMs[attempt] ?? restartDelaysMs.at(-1) ?? 0);
      if (this.stopping) return;
      try {
        const running = await this.launch();
        this.log(`${this.name} is back`);
        this.watch(running, attempt + 1);
        return;
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        if (why !== told) this.log(`${this.name} does not start yet: ${why}`);
        told = why;
      }
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
