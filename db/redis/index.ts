export { createRedis, type RedisCache } from "./client";
