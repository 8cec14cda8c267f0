-- Words of a plain text: lower case, cut at white space and ASCII punctuation alone, so that `claude`
-- is found in `anthropic/claude-3` as well. Only the beginning of a very long text is searchable.
CREATE FUNCTION "search_words"(plain text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
	to_tsvector('pg_catalog.simple'::regconfig, translate(left(plain, 100000), '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', repeat(' ', 32)));
--> statement-breakpoint
-- The protocol's RichText as a reader sees it.
CREATE FUNCTION "rich_text_words"(rich jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (
	SELECT string_agg(CASE jsonb_typeof(part) WHEN 'string' THEN part #>> '{}' ELSE part ->> 'text' END, '' ORDER BY place)
	FROM jsonb_array_elements(CASE jsonb_typeof(rich) WHEN 'array' THEN rich ELSE '[]' END) WITH ORDINALITY AS parts(part, place));
--> statement-breakpoint
CREATE TABLE "thread_shares" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"thread_id" uuid NOT NULL,
	"token_hash" text NOT NULL,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "thread_shares_token_key" UNIQUE("token_hash")
);
--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "search" "tsvector" GENERATED ALWAYS AS (search_words(rich_text_words("messages"."text"))) STORED;--> statement-breakpoint
ALTER TABLE "threads" ADD COLUMN "archived_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "threads" ADD COLUMN "deleted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "threads" ADD COLUMN "search" "tsvector" GENERATED ALWAYS AS (search_words("threads"."title")) STORED;--> statement-breakpoint
ALTER TABLE "thread_shares" ADD CONSTRAINT "thread_shares_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "thread_shares" ADD CONSTRAINT "thread_shares_thread_fk" FOREIGN KEY ("thread_id","workspace_id") REFERENCES "public"."threads"("id","workspace_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "thread_shares_thread_idx" ON "thread_shares" USING btree ("thread_id");--> statement-breakpoint
CREATE INDEX "messages_search_idx" ON "messages" USING gin ("search");--> statement-breakpoint
CREATE INDEX "threads_search_idx" ON "threads" USING gin ("search");--> statement-breakpoint
CREATE INDEX "threads_deleted_idx" ON "threads" USING btree ("deleted_at") WHERE "threads"."deleted_at" is not null;