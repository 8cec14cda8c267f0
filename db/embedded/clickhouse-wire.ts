import type { EngineLimits } from "./clickhouse-engine";

/** What the parent tells the process that owns ClickHouse. */
export type ChildOrder =
  | {
      type: "start";
      folder: string;
      /** Created when absent. */
      database: string;
      user: string;
      password: string;
      /** 0: any free port. */
      port: number;
      limits: EngineLimits;
      bodyLimitBytes: number;
    }
  | { type: "stop" };

/** What that process tells the parent. */
export type ChildReport = { type: "ready"; port: number } | { type: "failed"; message: string };
