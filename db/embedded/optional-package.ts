import { createRequire } from "node:module";

/** An engine's package is not installed. `npm ci` (without `--omit=optional`) cures it. */
export class EnginePackageMissingError extends Error {
  override readonly name = "EnginePackageMissingError";
  constructor(
    readonly packageName: string,
    cause: unknown,
  ) {
    super(
      `The package "${packageName}" is not installed for this platform (${process.platform}-${process.arch}). ` +
        "Run `npm ci`, or name a server of your own in the environment.",
      { cause },
    );
  }
}

/** Where an optional package's entry point lies. @throws {EnginePackageMissingError} */
export function resolveOptional(packageName: string, from: string = import.meta.url): string {
  try {
    return createRequire(from).resolve(packageName);
  } catch (cause) {
    throw new EnginePackageMissingError(packageName, cause);
  }
}

/** Imports an optional package. @throws {EnginePackageMissingError} */
export async function importOptional<Module>(packageName: string): Promise<Module> {
  try {
    return (await import(packageName)) as Module;
  } catch (cause) {
    throw new EnginePackageMissingError(packageName, cause);
  }
}
