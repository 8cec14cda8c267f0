import type { Config } from "../../db/startup/config";

/** What a run of the crew may use at most, as the environment says. */
export function ceilingsOf(config: Config) {
  return {
    steps: config.CREW_MAX_STEPS,
    tokens: config.CREW_MAX_TOKENS,
    dollars: config.CREW_MAX_DOLLARS,
    seconds: config.CREW_MAX_SECONDS,
  };
}
