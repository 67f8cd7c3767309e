-- Rule 31: takes the rebuild lock and empties the gate. Whoever had the lock before is told so by the token.
-- KEYS  1 meta  2 ent  3 pend  4 due  5 cust  6 lock  7 resent  then bits, own of each sku
-- ARGV  1 token of this rebuild  2 TTL of the lock (ms)  3 remake a ready gate: 1 or 0  4 lanes of the sale
--       5 version of the sale that the gate is to be of; a ready gate of an older one is made again
-- RETURNS
--   ready      the gate needs no rebuild
--   locked     another rebuild is under way
--   started    the gate is empty and `rebuilding`; also when this very rebuild asks twice
local found = redis.call('HMGET', KEYS[1], 'st', 'version')
local is_current = found[1] and found[1] ~= 'rebuilding' and (tonumber(found[2]) or 0) >= tonumber(ARGV[5])
if is_current and ARGV[3] ~= '1' then return { 'ready' } end
local holder = redis.call('GET', KEYS[6])
if holder and holder ~= ARGV[1] then return { 'locked' } end
redis.call('SET', KEYS[6], ARGV[1], 'PX', ARGV[2])
for i, key in ipairs(KEYS) do
  -- UNLINK: the owners of ten million units are 260 MB, which another thread gives back.
  if i ~= 6 then redis.call('UNLINK', key) end
end
redis.call('HSET', KEYS[1], 'st', 'rebuilding', 'token', ARGV[1], 'chunks', 0, 'lanes', ARGV[4], 'version', ARGV[5])
return { 'started' }
