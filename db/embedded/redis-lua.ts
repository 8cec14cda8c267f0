import { type RedisReply, toReply } from "./redis-engine";

/**
 * What the Lua engine of the Redis in memory lacks: it hands scripts the lists of commands as foreign
 * objects, those inside lists counted from 0, and errors of `pcall` as such a list; and it takes a table
 * for a list only when it was filled from its end.
 */
const prelude = `
local call, try = redis.call, redis.pcall
local function plain(value, first)
  if type(value) ~= "userdata" then return value end
  if tostring(value) == "null" then return false end
  local list = {}
  for at = 1, #value do list[at] = plain(value[at - 1 + first], 0) end
  return list
end
local function reply(value)
  if type(value) == "number" then return value < 0 and math.ceil(value) or math.floor(value) end
  if type(value) ~= "table" then return value end
  if value.err then error(value.err, 0) end
  if value.ok then return value.ok end
  local list = {}
  for at = #value, 1, -1 do list[at] = reply(value[at]) end
  return list
end
redis.call = function(...) return plain(call(...), 1) end
redis.pcall = function(...)
  local value = try(...)
  if type(value) == "userdata" and value[0] == "error" then return {err = value[1]} end
  return plain(value, 1)
end
redis.status_reply = function(text) return {ok = text} end
redis.error_reply = function(text) return {err = text} end
redis.log = function() end
`;

/**
 * The script as that engine can run it. It cannot read a first line `#!lua`, and stumbles over a script
 * that returns nothing: `reply` gets one value, nil if need be.
 */
export function forMemory(script: string): string {
  return `${prelude}\nreturn reply((function()\n${script.replace(/^#![^\n]*/, "")}\nend)())`;
}

/** What a script returned: Redis knows no `false`, it is nil. */
export function scriptReply(value: unknown): RedisReply {
  if (value === false) return null;
  return Array.isArray(value) ? value.map(scriptReply) : toReply(value);
}
