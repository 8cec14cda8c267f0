ALTER TYPE "public"."step_state" ADD VALUE 'skipped';--> statement-breakpoint
CREATE TABLE "budget_alerts" (
	"workspace_id" uuid NOT NULL,
	"feature" text NOT NULL,
	"month" text NOT NULL,
	"percent" integer NOT NULL,
	"spent_usd" numeric(24, 12) NOT NULL,
	"amount_usd" numeric(14, 2) NOT NULL,
	"raised_at" timestamp with time zone DEFAULT now() NOT NULL,
	"dismissed_at" timestamp with time zone,
	CONSTRAINT "budget_alerts_workspace_id_feature_month_percent_pk" PRIMARY KEY("workspace_id","feature","month","percent")
);
--> statement-breakpoint
CREATE TABLE "budgets" (
	"workspace_id" uuid NOT NULL,
	"feature" text NOT NULL,
	"amount_usd" numeric(14, 2) NOT NULL,
	"alert_percent" integer NOT NULL,
	"set_at" timestamp with time zone NOT NULL,
	CONSTRAINT "budgets_workspace_id_feature_pk" PRIMARY KEY("workspace_id","feature")
);
--> statement-breakpoint
CREATE TABLE "changes" (
	"id" uuid NOT NULL,
	"workspace_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"body" jsonb NOT NULL,
	"refusal" jsonb,
	"run_id" uuid,
	"by_id" uuid,
	"by_name" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "changes_workspace_id_id_pk" PRIMARY KEY("workspace_id","id")
);
--> statement-breakpoint
ALTER TABLE "datasets" ADD COLUMN "retention_days" integer;--> statement-breakpoint
ALTER TABLE "datasets" ADD COLUMN "removed_calls" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "datasets" ADD COLUMN "removed_before" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "datasets" ADD COLUMN "deleted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "budget_alerts" ADD CONSTRAINT "budget_alerts_budget_fk" FOREIGN KEY ("workspace_id","feature") REFERENCES "public"."budgets"("workspace_id","feature") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "budgets" ADD CONSTRAINT "budgets_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "changes" ADD CONSTRAINT "changes_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "changes" ADD CONSTRAINT "changes_by_id_users_id_fk" FOREIGN KEY ("by_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "changes_workspace_at_idx" ON "changes" USING btree ("workspace_id","at");--> statement-breakpoint
CREATE INDEX "datasets_deleted_idx" ON "datasets" USING btree ("deleted_at") WHERE "datasets"."deleted_at" is not null;