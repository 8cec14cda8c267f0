import type { Damage } from "./damage";

/** What a hand can do to tables, columns and enums of a migrated Postgres, and what must be said about it. */
export const tableDamage: Damage[] = [
  {
    what: "a column of another type",
    sql: [
      "alter table datasets alter column name type varchar(80), alter column name drop not null",
    ],
    says: ["datasets.name: expected text not null, found varchar(80)"],
  },
  {
    what: "a column that may be null",
    sql: ["alter table runs alter column started_at drop not null"],
    says: [
      "runs.started_at: expected timestamp with time zone not null, found timestamp with time zone",
    ],
  },
  {
    what: "a column that may not be null",
    sql: ["alter table runs alter column model set not null"],
    says: ["runs.model: expected text, found text not null"],
  },
  {
    what: "a default that is gone",
    sql: ["alter table datasets alter column calls drop default"],
    says: ["datasets.calls: expected bigint not null default 0, found bigint not null"],
  },
  {
    what: "another default",
    sql: ["alter table threads alter column title_source set default 'human'"],
    says: [
      "threads.title_source: expected title_source not null default 'rule', found title_source not null default 'human'",
    ],
  },
  {
    what: "a default that nobody asked for",
    sql: ["alter table users alter column name set default 'somebody'"],
    says: ["users.name: expected text not null, found text not null default 'somebody'"],
  },
  {
    what: "a narrower integer",
    sql: ["alter table messages alter column seq type integer"],
    says: ["messages.seq: expected bigint not null, found integer not null"],
  },
  {
    what: "text in place of an enum, with a default",
    sql: [
      "alter table threads alter column title_source drop default, alter column title_source type text",
      "alter table threads alter column title_source set default 'rule'",
    ],
    says: [
      "threads.title_source: expected title_source not null default 'rule', found text not null default 'rule'",
    ],
  },
  {
    what: "text in place of JSON",
    sql: ["alter table imports alter column receipt type text"],
    says: ["imports.receipt: expected jsonb, found text"],
  },
  {
    what: "a time without its zone",
    sql: ["alter table sessions alter column expires_at type timestamp"],
    says: [
      "sessions.expires_at: expected timestamp with time zone not null, found timestamp not null",
    ],
    undo: ["alter table sessions alter column expires_at type timestamptz"],
  },
  {
    what: "a column sorted by another collation",
    sql: ['alter table users alter column name type text collate "C"'],
    says: ["users.name: expected text not null, found text collate C not null"],
  },
  {
    what: "a column that is gone",
    sql: ["alter table runs drop column reason"],
    says: ["runs.reason: expected text, found nothing"],
  },
  {
    what: "a column that is gone with what stood on it",
    sql: ["alter table reports drop column thread_id"],
    says: [
      "reports.thread_id: expected uuid not null, found nothing",
      "reports foreign key reports_thread_fk: expected foreign key (thread_id, workspace_id) references threads (id, workspace_id) on delete cascade, found nothing",
      "reports index reports_thread_idx: expected index using btree (thread_id), found nothing",
    ],
  },
  {
    what: "a column that no migration makes",
    sql: ["alter table runs add column note text"],
    says: ["runs.note: expected nothing, found text"],
  },
  {
    what: "a column that no migration makes and that refuses every insert",
    sql: ["alter table runs add column cost integer not null"],
    says: ["runs.cost: expected nothing, found integer not null"],
    undo: ["alter table runs drop column cost"],
  },
  {
    what: "a computed column in place of a plain one",
    sql: [
      "alter table users drop column email",
      "alter table users add column email text generated always as (name || '@') stored",
    ],
    says: ["users.email: expected text, found text generated always as (name || '@') stored"],
    undo: ["alter table users drop column email", "alter table users add column email text"],
  },
  {
    what: "a table that is gone",
    sql: ["drop table evidence"],
    says: [
      "evidence: expected a table, found nothing",
      "evidence foreign key evidence_thread_fk: expected foreign key (thread_id, workspace_id) references threads (id, workspace_id) on delete cascade, found nothing",
    ],
  },
  {
    what: "tables that are gone with all that referred to them",
    sql: ["drop table threads cascade", "drop table steps", "drop type writer cascade"],
    says: [
      "threads: expected a table, found nothing",
      "steps: expected a table, found nothing",
      "enum writer: expected ('rules', 'model'), found nothing",
      "messages.writer: expected writer, found nothing",
    ],
  },
  {
    what: "a table that no migration makes",
    sql: ["create table threads_copy (id uuid)"],
    says: ["threads_copy: expected nothing, found a table that no migration makes"],
    undo: ["drop table threads_copy"],
  },
  {
    what: "a view in place of a table",
    sql: ["alter table reports rename to reports_old", "create view reports as select 1 as one"],
    says: ["reports: expected a table, found a view"],
    undo: ["drop view reports", "alter table reports_old rename to reports"],
  },
  {
    what: "a table that a crash empties",
    sql: ["alter table health_probes set unlogged"],
    says: ["health_probes: expected a table, found an unlogged table"],
  },
  {
    what: "a table whose rows are hidden",
    sql: ["alter table evidence enable row level security"],
    says: ["evidence: expected row level security off, found row level security on"],
  },
  {
    what: "a value that an enum lacks",
    sql: [
      "alter type run_state rename to old_state",
      "create type run_state as enum ('pending', 'running', 'completed', 'failed')",
      "alter table runs alter column state type run_state using state::text::run_state",
      "drop type old_state",
    ],
    says: [
      "enum run_state: expected ('pending', 'running', 'waiting-approval', 'completed', 'cancelled', 'failed'), found ('pending', 'running', 'completed', 'failed')",
    ],
  },
  {
    what: "a value too many in an enum, which a default uses",
    sql: ["alter type title_source add value 'guess' before 'rule'"],
    says: [
      "enum title_source: expected ('rule', 'model', 'human'), found ('guess', 'rule', 'model', 'human')",
    ],
  },
  {
    what: "an enum that no migration makes, in place of another",
    sql: ["alter type role rename to job"],
    says: [
      "enum role: expected ('owner', 'admin', 'member', 'viewer'), found nothing",
      "memberships.role: expected role not null, found job not null",
      "enum job: expected nothing, found ('owner', 'admin', 'member', 'viewer')",
    ],
  },
];
