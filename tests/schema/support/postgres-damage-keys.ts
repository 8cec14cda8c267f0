import type { Damage } from "./damage";

/** What a hand can do to indexes and constraints of a migrated Postgres, and what must be said about it. */
export const keyDamage: Damage[] = [
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
];
