import { pgTable, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns";

/** Where health probes write a row, read it and delete it, all in one transaction: always empty. */
export const healthProbes = pgTable("health_probes", {
  id: uuid("id").primaryKey(),
  writtenAt: instant("written_at").notNull().defaultNow(),
});
