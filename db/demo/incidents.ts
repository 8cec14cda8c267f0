import { DAY_MS, HOUR_MS } from "./calendar";
import { SEARCH_ANSWERS, SUPPORT_CHAT } from "./features";

/** What goes wrong in the demo's month, and when. Times are Unix ms, `from` inclusive, `to` exclusive. */
export interface Incidents {
  retryStorm: { feature: string; from: number; to: number; failure: number; attempts: number };
  latencyRegression: { feature: string; since: number; factor: number };
  /** The support chat's instructions were rewritten then: prompts before and after share no prefix. */
  promptRewrite: number;
}

export function incidentsOf(start: number, endsAt: number): Incidents {
  const days = (endsAt - start) / DAY_MS;
  // On a weekday at the busiest time, about nine days before the end.
  let stormDay = Math.floor(endsAt / DAY_MS) * DAY_MS - Math.round(days * 0.3) * DAY_MS;
  while ([0, 6].includes(new Date(stormDay).getUTCDay())) stormDay -= DAY_MS;
  const from = stormDay + 14 * HOUR_MS;
  return {
    retryStorm: {
      feature: SUPPORT_CHAT,
      from,
      to: from + 2 * HOUR_MS,
      failure: 0.82,
      attempts: 9,
    },
    latencyRegression: {
      feature: SEARCH_ANSWERS,
      since: endsAt - Math.min(7, days / 4) * DAY_MS,
      factor: 1.8,
    },
    promptRewrite: start + Math.round(days * 0.45) * DAY_MS,
  };
}
