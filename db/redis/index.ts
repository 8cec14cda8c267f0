export { createRedis, type RedisCache, type RedisConfig, RedisUnavailableError } from "./client";
