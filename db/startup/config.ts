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
export const configSchema = z
  .object({
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
    LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  })
  .superRefine((config, context) => {
    if (config.OIDC_ISSUER && !config.OIDC_CLIENT_ID) {
      context.addIssue({
        code: "custom",
        path: ["OIDC_CLIENT_ID"],
        message: "is needed when OIDC_ISSUER is set",
      });
    }
  });
export type Config = z.infer<typeof configSchema>;

/** One or more variables are missing or wrong. The message names each and shows no value. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  constructor(readonly problems: readonly string[]) {
    super(`Configuration is wrong:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
  }
}

/** Reads and checks the whole environment at once; empty text counts as not set. */
export function parseConfig(env: Record<string, unknown>): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ""),
  );
  const result = configSchema.safeParse(given);
  if (result.success) return result.data;
  throw new ConfigError(
    result.error.issues.map((issue) => {
      const name = issue.path.join(".");
      return given[name] === undefined ? `${name} is not set` : `${name} ${issue.message}`;
    }),
  );
}
