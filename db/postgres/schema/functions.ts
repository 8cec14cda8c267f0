/** A function of the database, which drizzle does not know: a migration makes it, the schema check compares it. */
export interface SchemaFunction {
  name: string;
  /** As the server lists them: names and types. */
  parameters: string;
  returns: string;
  /** All else that is promised of it, in the order of `create function`. */
  properties: string;
  /** As the server writes it back, which stays the same from PostgreSQL 15 to 18. On one line. */
  body: string;
}

/** What the second thread migration makes; generated columns call them. */
export const functions: readonly SchemaFunction[] = [
  {
    name: "search_words",
    parameters: "plain text",
    returns: "tsvector",
    properties: "language sql immutable parallel safe",
    body: String.raw`return to_tsvector('simple'::regconfig, translate("left"(plain, 100000), '!"#$%&''()*+,-./:;<=>?@[\]^_${"`"}{|}~'::text, repeat(' '::text, 32)))`,
  },
  {
    name: "rich_text_words",
    parameters: "rich jsonb",
    returns: "text",
    properties: "language sql immutable parallel safe",
    body:
      "return (select string_agg(case jsonb_typeof(parts.part) when 'string'::text" +
      " then (parts.part #>> '{}'::text[]) else (parts.part ->> 'text'::text) end, ''::text order by parts.place) as string_agg" +
      " from jsonb_array_elements(case jsonb_typeof(rich_text_words.rich) when 'array'::text" +
      " then rich_text_words.rich else '[]'::jsonb end) with ordinality parts(part, place))",
  },
];
