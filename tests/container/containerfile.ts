/** One instruction, continuation lines joined and comments left out. */
export interface Instruction {
  word: string;
  rest: string;
}

/** What stands from one FROM to the next. */
export interface Stage {
  base: string;
  name: string | null;
  instructions: Instruction[];
}

/** The stages of a Containerfile, the one that is shipped last. Knows what this project's file uses. */
export function parseContainerfile(text: string): Stage[] {
  const stages: Stage[] = [];
  const defaults = new Map<string, string>();
  const lines = text.replace(/\\\n\s*/g, " ").split("\n");
  for (const line of lines) {
    const [, word, rest] = /^([A-Z]+)\s+(.+)$/.exec(line.trim()) ?? [];
    if (!word || !rest) continue;
    if (word === "FROM") {
      const [image = "", , name = null] = rest.split(/\s+/);
      const base = image.replace(/\$\{(\w+)\}/g, (_, variable) => defaults.get(variable) ?? "");
      stages.push({ base, name, instructions: [] });
    } else if (stages.length === 0) {
      const [variable = "", value = ""] = rest.split("=");
      defaults.set(variable, value);
    } else stages.at(-1)?.instructions.push({ word, rest });
  }
  return stages;
}

/** What the instructions with this word say, in order. */
export function said(stage: Stage, word: string): string[] {
  return stage.instructions.flatMap((one) => (one.word === word ? [one.rest] : []));
}

/** The words of a command in exec form, with which a signal reaches the program itself; null in shell form. */
export function execForm(command: string | undefined): string[] | null {
  const list = command?.slice(command.indexOf("["));
  try {
    return JSON.parse(list ?? "") as string[];
  } catch {
    return null;
  }
}

/** `NAME=value` pairs of ENV. */
export function environmentOf(stage: Stage): Record<string, string> {
  const pairs = said(stage, "ENV").flatMap((rest) => rest.split(/\s+/));
  return Object.fromEntries(pairs.map((pair) => pair.split("=") as [string, string]));
}
