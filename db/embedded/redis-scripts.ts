import { createHash } from "node:crypto";

/**
 * Lua scripts by the hash of the text that the client knows. What runs may differ from it: a first
 * line `#!lua flags=…`, which Upstash understands, is an error elsewhere.
 */
export class ScriptRegistry {
  private readonly bodies = new Map<string, string>();

  /** @param cleaned what the engine can run in place of `script`. */
  constructor(private readonly cleaned: (script: string) => string) {}

  remember(script: string): { sha: string; body: string } {
    const sha = sha1(script);
    const body = this.cleaned(script);
    this.bodies.set(sha, body);
    return { sha, body };
  }

  body(sha: string): string | undefined {
    return this.bodies.get(sha.toLowerCase());
  }

  has(sha: string): boolean {
    return this.bodies.has(sha.toLowerCase());
  }

  clear(): void {
    this.bodies.clear();
  }
}

export function sha1(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}
