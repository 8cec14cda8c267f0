import { checkedFirst } from "../checked-first";
import type { ClickHouse } from "./client";

/** A check that passed is believed this long, ms; after a failure it is made at once. */
const BELIEVED_MS = 30_000;

/**
 * A ClickHouse that is checked before it is asked, for processes that have no phase before serving (a
 * room): unless the check passed lately and no statement has failed since.
 * @param check resolves when ClickHouse may be asked; what it throws is thrown instead of an answer
 */
export function guardClickHouse(clickhouse: ClickHouse, check: () => Promise<void>): ClickHouse {
  const checked = checkedFirst(check, { believedMs: BELIEVED_MS });
  const guard = (client: ClickHouse): ClickHouse => ({
    query: (question, options) => checked(() => client.query(question, options)),
    insert: (table, rows, options) => checked(() => client.insert(table, rows, options)),
    command: (question, options) => checked(() => client.command(question, options)),
    tagged: (tags) => guard(client.tagged(tags)),
    close: () => client.close(),
  });
  return guard(clickhouse);
}
