import { pgTable, timestamp, uuid } from "drizzle-orm/pg-core";

/** Where health probes write a row, read it and delete it, all in one transaction: always empty. */
export const healthProbes = pgTable("health_probes", {
  id: uuid("id").primaryKey(),
  writtenAt: timestamp("written_at", { withTimezone: true, mode: "date" }).notNull().defaultNow(),
});
