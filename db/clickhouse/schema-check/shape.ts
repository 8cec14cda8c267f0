/** A ClickHouse table reduced to what can be compared. Expressions stand as the server prints them. */
export interface TableShape {
  name: string;
  /** Without `Shared` or `Replicated`, which the service adds by itself. */
  engine: string;
  columns: ColumnShape[];
  partitionBy: string;
  primaryKey: string;
  orderBy: string;
  /** Empty: rows stay. */
  ttl: string;
  constraints: string[];
}

export interface ColumnShape {
  name: string;
  type: string;
  /** `DEFAULT now()`; empty: the type's own. */
  default?: string;
  /** `Delta, ZSTD(1)`; empty: the server's own. */
  codec?: string;
  /** Empty: values stay. */
  ttl?: string;
}

/** As it stands in a CREATE TABLE, without the name: `String CODEC(ZSTD(1))`. */
export function columnText({ type, default: value, codec, ttl }: ColumnShape): string {
  return [type, value, codec && `CODEC(${codec})`, ttl && `TTL ${ttl}`].filter(Boolean).join(" ");
}
