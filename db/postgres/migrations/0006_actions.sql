CREATE TYPE "public"."action_state" AS ENUM('accepted', 'done', 'verified');--> statement-breakpoint
CREATE TABLE "actions" (
	"id" uuid NOT NULL,
	"workspace_id" uuid NOT NULL,
	"thread_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"lever" text NOT NULL,
	"title" text NOT NULL,
	"state" "action_state" NOT NULL,
	"feature" text,
	"saving_low_usd" numeric(24, 12) NOT NULL,
	"saving_high_usd" numeric(24, 12) NOT NULL,
	"baseline_from" timestamp with time zone,
	"baseline_to" timestamp with time zone,
	"datasets" jsonb NOT NULL,
	"evidence" jsonb NOT NULL,
	"accepted_by" uuid,
	"accepted_at" timestamp with time zone NOT NULL,
	"done_at" timestamp with time zone,
	"verification" jsonb,
	"verified_at" timestamp with time zone,
	CONSTRAINT "actions_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "actions" ADD CONSTRAINT "actions_accepted_by_users_id_fk" FOREIGN KEY ("accepted_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "actions" ADD CONSTRAINT "actions_thread_fk" FOREIGN KEY ("thread_id","workspace_id") REFERENCES "public"."threads"("id","workspace_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "actions_thread_idx" ON "actions" USING btree ("thread_id");