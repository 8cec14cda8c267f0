import { customType } from "drizzle-orm/pg-core";

/** Words of a text as Postgres searches them. Written by the database alone, never selected. */
export const searchWords = customType<{ data: string }>({ dataType: () => "tsvector" });
