import type { Services } from "./types";

/** A route ran before the process had been started: a fault in the wiring of an entry. */
class NotStartedError extends Error {
  override readonly name = "NotStartedError";
  constructor() {
    super("The services were asked for before startup had provided them");
  }
}

/** On globalThis, because a bundler may give this module to two bundles of one process. */
const place = Symbol.for("netra.services");
const holder = globalThis as typeof globalThis & { [place]?: Services };

/** Called once by the entry (server.ts, or the edge's first request) before anything is served. */
export function provideServices(services: Services): void {
  holder[place] = services;
}

/** @throws NotStartedError */
export function getServices(): Services {
  const services = holder[place];
  if (!services) throw new NotStartedError();
  return services;
}
