import { z } from "zod";

/** The environment a process runs in. No default: a production build must be told. */
const environmentSchema = z.enum(["development", "test", "production"]);

const optionalText = z
  .string()
  .trim()
  .transform((text) => (text === "" ? undefined : text))
  .optional();

const url = (...schemes: string[]) =>
  z.string().refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol), {
    message: `must be a URL starting with ${schemes.map((scheme) => `${scheme}//`).join(" or ")}`,
  });

/** Every variable Netra reads, with what it must look like. `.env.example` documents each. */
export const configSchema = z.object({
  NETRA_ENV: environmentSchema,
  DATABASE_URL: url("postgres:", "postgresql:"),
  CLICKHOUSE_URL: url("http:", "https:"),
  UPSTASH_REDIS_REST_URL: url("http:", "https:"),
  UPSTASH_REDIS_REST_TOKEN: z.string().min(1),
  /** Where browsers reach the web server, e.g. https://netra.example.com. */
  APP_ORIGIN: url("http:", "https:"),
  /** Where browsers and the web server reach the rooms. */
  ROOMS_URL: url("http:", "https:"),
  ROOM_TICKET_SECRET: z.string().min(32, "must have at least 32 characters"),
  HOST: z.string().default("127.0.0.1"),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  OIDC_ISSUER: url("http:", "https:").optional(),
  OIDC_CLIENT_ID: optionalText,
  OIDC_CLIENT_SECRET: optionalText,
  OPENAI_API_KEY: optionalText,
  OPENAI_BASE_URL: url("http:", "https:").optional(),
  OPENAI_MODEL: z.string().default("gpt-4.1-mini"),
  /** How long the model's endpoint may take to begin an answer, and be silent within one. */
  OPENAI_ANSWER_SECONDS: z.coerce.number().positive().default(30),
  OPENAI_STALL_SECONDS: z.coerce.number().positive().default(20),
  CREW_MAX_STEPS: z.coerce.number().int().min(3, "must be at least 3").default(12),
  CREW_MAX_TOKENS: z.coerce.number().int().positive().default(400_000),
  CREW_MAX_DOLLARS: z.coerce.number().positive().default(1),
  CREW_MAX_SECONDS: z.coerce.number().positive().default(300),
  OPENAI_MODEL_SUPERVISOR: optionalText,
  OPENAI_MODEL_TRIAGE: optionalText,
  OPENAI_MODEL_DATA: optionalText,
  OPENAI_MODEL_OPTIMIZATION: optionalText,
  OPENAI_MODEL_ACTIONS: optionalText,
  OPENAI_MODEL_REPORTING: optionalText,
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  /** The installation that the stores must belong to; without it, the one that Postgres says. */
  NETRA_INSTALLATION: z
    .uuid("must be an installation id, as `npm run db -- status` shows it")
    .optional(),
  ROOMS_HOST: z.string().default("127.0.0.1"),
  ROOMS_PORT: z.coerce.number().int().min(0).max(65_535).default(1999),
  NETRA_DATA_DIR: z.string().default(".netra"),
});
export type Config = z.infer<typeof configSchema>;

/** What is needed to work on the stores alone, as a deploy does. */
const storesSchema = configSchema.pick({
  NETRA_ENV: true,
  DATABASE_URL: true,
  CLICKHOUSE_URL: true,
  UPSTASH_REDIS_REST_URL: true,
  UPSTASH_REDIS_REST_TOKEN: true,
  NETRA_INSTALLATION: true,
});
export type StoresConfig = z.infer<typeof storesSchema>;

/** One or more variables are missing or wrong. The message names each and shows no value. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  constructor(readonly problems: readonly string[]) {
    super(`Configuration is wrong:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
  }
}

/** Reads and checks the whole environment at once; empty text counts as not set. @throws ConfigError */
export function parseConfig(env: Record<string, unknown>): Config {
  // Not a refinement of the schema: that would be looked at only once everything else is right.
  const unsaid = env.OIDC_ISSUER && !env.OIDC_CLIENT_ID;
  return parse(configSchema, env, unsaid ? ["OIDC_CLIENT_ID is not set, but OIDC_ISSUER is"] : []);
}

/** The part of the environment that names the stores. @throws ConfigError */
export function parseStoresConfig(env: Record<string, unknown>): StoresConfig {
  return parse(storesSchema, env, []);
}

function parse<Output>(
  schema: z.ZodType<Output>,
  env: Record<string, unknown>,
  further: readonly string[],
): Output {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ""),
  );
  const result = schema.safeParse(given);
  const wrong = (result.error?.issues ?? []).map((issue) => {
    const name = issue.path.join(".");
    return given[name] === undefined ? `${name} is not set` : `${name} ${issue.message}`;
  });
  const problems = [...wrong, ...further];
  if (problems.length > 0 || !result.success) throw new ConfigError(problems);
  return result.data;
}
