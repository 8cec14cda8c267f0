import type { Config } from "./config";

type Environment = Config["NETRA_ENV"];

/** Names of stores that a guard looks at; all stores that Netra writes to. */
const STORE_VARIABLES = ["DATABASE_URL", "CLICKHOUSE_URL", "UPSTASH_REDIS_REST_URL"] as const;

export type StoreUrls = Record<(typeof STORE_VARIABLES)[number], string>;

/** Words that say for what a store is. Each counts only as a whole part of a name: no "product", no "latest". */
const SAYS_PRODUCTION = new Set(["prod", "production"]);
const SAYS_OTHER = new Set(["dev", "development", "test"]);

/** Parameters of a connection string that name the same things as its host, path and user. */
const NAMING_PARAMETERS = ["host", "user", "username", "dbname", "database", "endpoint", "options"];

/**
 * What speaks against connecting to these URLs from this environment, one line per URL; empty when
 * nothing does. A pure look at host, database and user, before any connection. Lines show hosts,
 * never users, passwords or database names.
 */
export function urlProblems(environment: Environment, urls: StoreUrls): string[] {
  return STORE_VARIABLES.flatMap((variable) => {
    const word = forbiddenWord(environment, urls[variable]);
    if (word === null) return [];
    const { hostname } = new URL(urls[variable]);
    return [
      `${variable} at ${hostname}: its ${word.where} says ${word.word}, but NETRA_ENV is ${environment}.`,
    ];
  });
}

interface TellingWord {
  where: "host" | "database" | "user" | "parameters";
  word: string;
}

function forbiddenWord(environment: Environment, url: string): TellingWord | null {
  const forbidden = environment === "production" ? SAYS_OTHER : SAYS_PRODUCTION;
  for (const [where, text] of namesIn(new URL(url))) {
    const word = partsOf(text).find((part) => forbidden.has(part));
    if (word !== undefined) return { where, word };
  }
  return null;
}

function namesIn(url: URL): [TellingWord["where"], string][] {
  return [
    ["host", hostName(url.hostname)],
    ["database", decoded(url.pathname)],
    ["user", decoded(url.username)],
    ...NAMING_PARAMETERS.map((name): [TellingWord["where"], string] => [
      "parameters",
      url.searchParams.getAll(name).join(" "),
    ]),
  ];
}

/** Loopback says nothing, and neither does the top-level domain .dev, which anyone may own. */
function hostName(host: string): string {
  if (host === "localhost" || host === "[::1]" || /^127\./.test(host)) return "";
  return host.replace(/\.dev$/i, "");
}

/** `netraProd-db_2.eu` → netra, prod, db, eu. Digits part words, so that prod1 says production too. */
function partsOf(text: string): string[] {
  return text
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
