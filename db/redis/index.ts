export { createRedis, type RedisCache, RedisUnavailableError } from "./client";
export { guardRedis } from "./guarded";
export { createRedisStamp, ensureRedisStamp, RedisRefusedError, type RedisStamp } from "./stamp";
