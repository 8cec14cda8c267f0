import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ConfigError, configSchema, parseConfig } from "../../db/startup/config";

const complete = {
  NETRA_ENV: "production",
  DATABASE_URL: "postgres://user:pass@127.0.0.1:5432/netra",
  CLICKHOUSE_URL: "http://127.0.0.1:8123",
  UPSTASH_REDIS_REST_URL: "http://127.0.0.1:8079",
  UPSTASH_REDIS_REST_TOKEN: "token",
  APP_ORIGIN: "https://netra.example.com",
  ROOMS_URL: "https://rooms.example.com",
  ROOM_TICKET_SECRET: "a secret of at least thirty-two characters",
};

function problemsOf(env: Record<string, unknown>): readonly string[] {
  try {
    parseConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe("the configuration", () => {
  it("fills in what has a default", () => {
    expect(parseConfig(complete)).toMatchObject({
      HOST: "127.0.0.1",
      PORT: 3000,
      OPENAI_MODEL: "gpt-4.1-mini",
      LOG_LEVEL: "info",
      OPENAI_ANSWER_SECONDS: 30,
      OPENAI_STALL_SECONDS: 20,
      CREW_MAX_STEPS: 12,
      CREW_MAX_TOKENS: 400_000,
      CREW_MAX_DOLLARS: 1,
      CREW_MAX_SECONDS: 300,
    });
    expect(problemsOf({ ...complete, CREW_MAX_STEPS: "2", CREW_MAX_DOLLARS: "much" })).toEqual([
      "CREW_MAX_STEPS must be at least 3",
      expect.stringContaining("CREW_MAX_DOLLARS"),
    ]);
  });

  it("names every missing variable at once", () => {
    const problems = problemsOf({});
    for (const name of Object.keys(complete)) expect(problems).toContain(`${name} is not set`);
  });

  it("names every wrong variable at once and shows no value", () => {
    const wrong = {
      ...complete,
      NETRA_ENV: "prod-with-typo",
      DATABASE_URL: "mysql://root:hunter2@host/db",
      CLICKHOUSE_URL: "not a url",
      ROOM_TICKET_SECRET: "too-short-secret",
      PORT: "70000",
      OIDC_ISSUER: "https://accounts.example.com",
    };
    const problems = problemsOf(wrong);
    for (const name of [
      "NETRA_ENV",
      "DATABASE_URL",
      "CLICKHOUSE_URL",
      "ROOM_TICKET_SECRET",
      "PORT",
      "OIDC_CLIENT_ID",
    ]) {
      expect(problems.filter((problem) => problem.startsWith(`${name} `))).toHaveLength(1);
    }
    for (const secret of ["hunter2", "too-short-secret", "prod-with-typo", "70000"]) {
      expect(problems.join("\n")).not.toContain(secret);
    }
  });

  it("counts empty text as not set", () => {
    expect(problemsOf({ ...complete, NETRA_ENV: "" })).toEqual(["NETRA_ENV is not set"]);
    expect(parseConfig({ ...complete, OIDC_ISSUER: "", OPENAI_API_KEY: "" }).OIDC_ISSUER).toBe(
      undefined,
    );
  });

  it("has every variable documented in .env.example", () => {
    const documented = readFileSync(".env.example", "utf8");
    for (const name of Object.keys(configSchema.shape)) {
      expect(documented).toMatch(new RegExp(`^${name}=`, "m"));
    }
  });

  it("asks for the client's id when an issuer is set", () => {
    expect(problemsOf({ ...complete, OIDC_ISSUER: "https://accounts.example.com" })).toEqual([
      "OIDC_CLIENT_ID is not set, but OIDC_ISSUER is",
    ]);
  });
});
