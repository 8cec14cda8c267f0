/** What a hand can do to a migrated Postgres, and what must be said about it. */
export interface Damage {
  what: string;
  sql: string[];
  /** Each a whole line of the list for people. */
  says: string[];
  /** Present when no statement mends it: what brings the schema back. */
  undo?: string[];
}

export const postgresDamage: Damage[] = [
  {
    what: "a column of another type",
    sql: [
      "alter table threads alter column title type varchar(80), alter column title drop not null",
    ],
    says: ["threads.title: expected text not null, found varchar(80)"],
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
    what: "an index that is gone",
    sql: ["drop index runs_state_idx"],
    says: ["runs index runs_state_idx: expected index using btree (state), found nothing"],
  },
  {
    what: "an index in another order",
    sql: [
      "drop index threads_workspace_activity_idx",
      "create index threads_workspace_activity_idx on threads (workspace_id, last_activity_at, id)",
    ],
    says: [
      "threads index threads_workspace_activity_idx: expected index using btree (workspace_id, last_activity_at desc nulls last, id), found index using btree (workspace_id, last_activity_at, id)",
    ],
  },
  {
    what: "an index that is unique and must not be",
    sql: [
      "drop index steps_run_idx",
      "create unique index steps_run_idx on steps (run_id) where state = 'running'",
    ],
    says: [
      "steps index steps_run_idx: expected index using btree (run_id), found unique index using btree (run_id) where state = 'running'",
    ],
  },
  {
    what: "an index of another method",
    sql: ["drop index runs_state_idx", "create index runs_state_idx on runs using hash (state)"],
    says: [
      "runs index runs_state_idx: expected index using btree (state), found index using hash (state)",
    ],
  },
  {
    what: "an index that no migration makes",
    sql: ["create unique index one_name on users (lower(name) text_pattern_ops)"],
    says: [
      "users index one_name: expected nothing, found unique index using btree (lower(name) text_pattern_ops)",
    ],
  },
  {
    what: "an index of another name",
    sql: ["alter index sessions_user_idx rename to sessions_by_user"],
    says: [
      "sessions index sessions_user_idx: expected index using btree (user_id), found it named sessions_by_user",
    ],
  },
  {
    what: "a unique key that is gone",
    sql: ["alter table messages drop constraint messages_thread_seq_key"],
    says: [
      "messages unique messages_thread_seq_key: expected unique (thread_id, seq), found nothing",
    ],
  },
  {
    what: "a unique key over other columns",
    sql: [
      "alter table users drop constraint users_issuer_subject_key, add constraint users_issuer_subject_key unique (subject)",
    ],
    says: [
      "users unique users_issuer_subject_key: expected unique (issuer, subject), found unique (subject)",
    ],
  },
  {
    what: "a unique key of which only an index is left",
    sql: [
      "alter table evidence drop constraint evidence_thread_label_key",
      "create unique index evidence_thread_label_key on evidence (thread_id, label)",
    ],
    says: [
      "evidence unique evidence_thread_label_key: expected unique (thread_id, label), found only the index evidence_thread_label_key",
    ],
  },
  {
    what: "a unique key that is checked late",
    sql: [
      "alter table evidence drop constraint evidence_thread_label_key, add constraint evidence_thread_label_key unique (thread_id, label) deferrable",
    ],
    says: [
      "evidence unique evidence_thread_label_key: expected unique (thread_id, label), found unique (thread_id, label) deferrable",
    ],
  },
  {
    what: "a foreign key that is gone",
    sql: ["alter table runs drop constraint runs_thread_fk"],
    says: [
      "runs foreign key runs_thread_fk: expected foreign key (thread_id, workspace_id) references threads (id, workspace_id) on delete cascade, found nothing",
    ],
  },
  {
    what: "a foreign key that deletes otherwise",
    sql: [
      "alter table messages drop constraint messages_author_id_users_id_fk, add constraint messages_author_id_users_id_fk foreign key (author_id) references users (id) on delete cascade",
    ],
    says: [
      "messages foreign key messages_author_id_users_id_fk: expected foreign key (author_id) references users (id) on delete set null, found foreign key (author_id) references users (id) on delete cascade",
    ],
  },
  {
    what: "a foreign key that leaves the tenant out",
    sql: [
      "alter table steps drop constraint steps_thread_fk, add constraint steps_thread_fk foreign key (thread_id) references threads (id) on delete cascade",
    ],
    says: [
      "steps foreign key steps_thread_fk: expected foreign key (thread_id, workspace_id) references threads (id, workspace_id) on delete cascade, found foreign key (thread_id) references threads (id) on delete cascade",
    ],
  },
  {
    what: "a foreign key that was never validated",
    sql: [
      "alter table steps drop constraint steps_run_id_runs_id_fk, add constraint steps_run_id_runs_id_fk foreign key (run_id) references runs (id) on delete cascade not valid",
    ],
    says: [
      "steps foreign key steps_run_id_runs_id_fk: expected foreign key (run_id) references runs (id) on delete cascade, found foreign key (run_id) references runs (id) on delete cascade not valid",
    ],
  },
  {
    what: "a foreign key that no migration makes",
    sql: [
      "alter table evidence add constraint evidence_step_fk foreign key (step_id) references steps (id)",
    ],
    says: [
      "evidence foreign key evidence_step_fk: expected nothing, found foreign key (step_id) references steps (id) on delete no action",
    ],
  },
  {
    what: "a primary key that is gone",
    sql: ["alter table sessions drop constraint sessions_pkey"],
    says: ["sessions primary key sessions_pkey: expected primary key (id_hash), found nothing"],
  },
  {
    what: "a primary key over other columns",
    sql: [
      "alter table memberships drop constraint memberships_workspace_id_user_id_pk, add constraint memberships_workspace_id_user_id_pk primary key (user_id, workspace_id)",
    ],
    says: [
      "memberships primary key memberships_workspace_id_user_id_pk: expected primary key (workspace_id, user_id), found primary key (user_id, workspace_id)",
    ],
  },
  {
    what: "a check that no migration makes",
    sql: ["alter table datasets add constraint few_calls check (calls < 1000)"],
    says: ["datasets check few_calls: expected nothing, found check (calls < 1000)"],
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
