import type { Damage } from "./damage";

const search =
  "return to_tsvector('simple', translate(left(plain, 100000), '!\"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~', repeat(' ', 32)))";

/** What a hand can do to the functions that a migrated Postgres' columns call, and what must be said about it. */
export const functionDamage: Damage[] = [
  {
    what: "a function that is gone, and the columns with it",
    sql: ["drop function search_words(text) cascade"],
    says: [
      "function search_words(plain text): expected returns tsvector language sql immutable parallel safe" +
        " return to_tsvector('simple', translate(left(plain, 100000), '!\"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~', repeat(' ', 32))), found nothing",
      "threads.search: expected tsvector generated always as (search_words(title)) stored, found nothing",
    ],
  },
  {
    what: "a function that does something else",
    sql: [
      `create or replace function search_words(plain text) returns tsvector language sql immutable parallel safe ${search.replace("100000", "10")}`,
    ],
    says: [
      "function search_words(plain text): expected return to_tsvector('simple', translate(left(plain, 100000), '!\"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~', repeat(' ', 32)))," +
        " found return to_tsvector('simple', translate(left(plain, 10), '!\"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~', repeat(' ', 32)))",
      '    update "public"."threads" set "title" = "title";',
      '    update "public"."messages" set "text" = "text";',
    ],
  },
  {
    what: "a function whose text is kept as text",
    sql: [
      "create or replace function rich_text_words(rich jsonb) returns text language plpgsql immutable parallel safe as $$ begin return ''; end $$",
    ],
    says: ['    update "public"."messages" set "text" = "text";'],
  },
  {
    what: "a function that may answer differently each time",
    sql: ["alter function rich_text_words(jsonb) volatile"],
    says: [
      "function rich_text_words(rich jsonb): expected returns text language sql immutable parallel safe," +
        " found returns text language sql volatile parallel safe",
    ],
  },
  {
    what: "a function that runs with its owner's rights, elsewhere",
    sql: ["alter function search_words(text) security definer set search_path = public"],
    says: [
      "function search_words(plain text): expected returns tsvector language sql immutable parallel safe," +
        " found returns tsvector language sql immutable security definer parallel safe set search_path=public",
    ],
  },
  {
    what: "a function of the same name with another result",
    sql: [
      "drop function rich_text_words(jsonb) cascade",
      "create function rich_text_words(rich jsonb) returns integer language sql immutable parallel safe return 1",
    ],
    says: [
      "messages.search: expected tsvector generated always as (search_words(rich_text_words(text))) stored, found nothing",
    ],
    undo: [
      "drop function rich_text_words(jsonb)",
      `create function rich_text_words(rich jsonb) returns text language sql immutable parallel safe return (
        select string_agg(case jsonb_typeof(part) when 'string' then part #>> '{}' else part ->> 'text' end, '' order by place)
        from jsonb_array_elements(case jsonb_typeof(rich) when 'array' then rich else '[]' end) with ordinality as parts(part, place))`,
      'alter table messages add column search tsvector generated always as (search_words(rich_text_words("text"))) stored',
      "create index messages_search_idx on messages using gin (search)",
    ],
  },
];
