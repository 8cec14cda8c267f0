/**
 * PartyKit's bundler puts its `performance` shim one level too deep, under `default`, and the AI SDK
 * then fails in a stream. Elsewhere this changes nothing. Must be imported before anything else.
 */
function repairPerformance(): boolean {
  const found: unknown = globalThis.performance;
  if (typeof found === "object" && found !== null && !("now" in found) && "default" in found) {
    Object.defineProperty(globalThis, "performance", {
      value: found.default,
      configurable: true,
      writable: true,
    });
  }
  return typeof globalThis.performance?.now === "function";
}

/** A value to be used, because a bundler drops a bare import of a package without side effects. */
export const performanceWorks = repairPerformance();
