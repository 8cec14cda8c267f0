import type { ClickHouse } from "../../db/clickhouse";
import type { Database } from "../../db/postgres";
import type { RedisCache } from "../../db/redis";
import type { Config } from "../../db/startup/config";
import type { RoomDoor } from "../chat/room-door.server";

/** What a route works with: made once per process (Node) or per isolate (edge). */
export interface Services {
  config: Config;
  db: Database;
  clickhouse: ClickHouse;
  redis: RedisCache;
  rooms: RoomDoor;
}
