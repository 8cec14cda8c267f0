import type { Measured } from "../report";
import type { Stage } from "./stage";

/** One line, or a few that are measured together. */
export interface Row {
  measure(stage: Stage): Promise<Measured[]>;
  /** Far longer than it takes where nothing is wrong. */
  withinSeconds: number;
}

/** How long what is left of a row may take to notice that its rooms are gone, ms. */
const GIVE_UP_MS = 5_000;

/**
 * A row's figures. One that does not end in time is a missed goal; whatever a row leaves behind when it
 * does not end or breaks, it does not leave to the next one: the rooms start anew.
 */
export async function measureInTime(name: string, row: Row, stage: Stage): Promise<Measured[]> {
  const { withinSeconds } = row;
  const measuring = row.measure(stage);
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), withinSeconds * 1_000);
  });
  try {
    const figures = await Promise.race([measuring, tooLate]);
    if (figures) return figures;
    await startAnew(stage, measuring);
    const what = `${name}: did not end`;
    return [{ what, value: Number.POSITIVE_INFINITY, unit: " s", goal: withinSeconds, detail: "" }];
  } catch (error) {
    await startAnew(stage, measuring);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function startAnew(stage: Stage, measuring: Promise<unknown>): Promise<void> {
  await stage.restartRooms();
  const givenUp = new Promise((resolve) => setTimeout(resolve, GIVE_UP_MS).unref());
  await Promise.race([measuring.catch(() => {}), givenUp]);
}
