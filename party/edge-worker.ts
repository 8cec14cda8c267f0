import facade, { PartyKitDurable } from "netra:partykit";
import { HOUSEKEEPING } from "./schedule";

/** PartyKit's names for what Cloudflare binds: variables under their own names, and the rooms. */
function forPartyKit({ ROOMS, ...variables }: Record<string, unknown>): Record<string, unknown> {
  const texts = Object.entries(variables).filter(([, value]) => typeof value === "string");
  return {
    PARTYKIT_DURABLE: ROOMS,
    PARTYKIT_CRONS: { housekeeping: HOUSEKEEPING },
    ...Object.fromEntries(texts.map(([name, value]) => [`pkvar-${name}`, value])),
  };
}

/** One Durable Object for each thread. */
export class Room extends PartyKitDurable {
  constructor(state: unknown, env: Record<string, unknown>) {
    super(state, forPartyKit(env));
  }
}

/** The worker as Cloudflare and workerd run it. */
export default {
  fetch: (request: Request, env: Record<string, unknown>, context: unknown) =>
    facade.fetch(request, forPartyKit(env), context),
  scheduled: (controller: unknown, env: Record<string, unknown>, context: unknown) =>
    facade.scheduled(controller, forPartyKit(env), context),
};
