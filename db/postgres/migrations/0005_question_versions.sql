ALTER TABLE "messages" ADD COLUMN "parent_id" uuid;--> statement-breakpoint
-- Threads from before questions had versions are one line: each question follows the one before it.
UPDATE "messages" SET "parent_id" = "line"."before"
FROM (
  SELECT "id", lag("id") OVER (PARTITION BY "thread_id" ORDER BY "seq") AS "before"
  FROM "messages" WHERE "role" = 'user'
) AS "line"
WHERE "messages"."id" = "line"."id" AND "line"."before" IS NOT NULL;
