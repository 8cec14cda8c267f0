import { existsSync } from "node:fs";
import type { ProcessSpec } from "./processes";
import { type ProductContext, runProduct } from "./run-product";

/** What was built of the product, and how it runs on one machine. */
export interface Built {
  files: readonly string[];
  /** Who starts without them is told to run this first. */
  command: string;
  processes: (context: ProductContext) => ProcessSpec[];
}

/**
 * Starts what was built. Variables come from the environment and from `.env`; engines by URL, and with
 * `--embedded` those without a URL are embedded.
 */
export async function startBuilt({ files, command, processes }: Built): Promise<void> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  if (!files.every((file) => existsSync(file))) {
    console.error(`${files.join(" or ")} is missing. Run \`${command}\` first.`);
    process.exit(1);
  }
  await runProduct({
    environment: null,
    embed: process.argv.includes("--embedded") || process.env.NETRA_EMBEDDED === "1",
    print: (name, line) => console.log(`[${name}] ${line}`),
    processes,
  });
}
