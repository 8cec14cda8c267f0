import type { RedisCache } from "../../../db/redis";
import type { Config } from "../../../db/startup/config";
import { systemClock } from "../../ports/clock";
import type { LanguageModelPort } from "../../ports/language-model";
import type { Log } from "../../ports/room";
import { createOpenAiModel } from "../language-model";
import { createAnswerStore } from "./answer-store";
import { SingleFlight } from "./single-flight";

/** The model that the environment names, its answers kept in Redis; null when it names none. */
export function openModel(
  config: Config,
  redis: RedisCache,
  report: Log,
): LanguageModelPort | null {
  if (!config.OPENAI_API_KEY) return null;
  return createOpenAiModel({
    apiKey: config.OPENAI_API_KEY,
    baseUrl: config.OPENAI_BASE_URL,
    model: config.OPENAI_MODEL,
    answerTimeoutMs: config.OPENAI_ANSWER_SECONDS * 1_000,
    stallTimeoutMs: config.OPENAI_STALL_SECONDS * 1_000,
    modelOf: {
      supervisor: config.OPENAI_MODEL_SUPERVISOR,
      triage: config.OPENAI_MODEL_TRIAGE,
      data: config.OPENAI_MODEL_DATA,
      optimization: config.OPENAI_MODEL_OPTIMIZATION,
      actions: config.OPENAI_MODEL_ACTIONS,
      reporting: config.OPENAI_MODEL_REPORTING,
    },
    flight: new SingleFlight({
      store: createAnswerStore(redis),
      clock: systemClock,
      onMiss: (error) =>
        report("warn", "answer-cache-missed", {
          error: error instanceof Error ? error.name : "unknown",
        }),
    }),
  });
}
