-- One of a few places to wait for a commit. A place whose time is over is free again: a function may die waiting.
-- KEYS  1 waiters
-- ARGV  1 waitId  2 now (epoch ms)  3 until when (epoch ms)  4 places
-- RETURNS
--   full       all places are taken
--   entered    also when this wait has its place already: the call was repeated
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[2])
local has = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not has and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then return { 'full' } end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
return { 'entered' }
