-- Renews the rebuild lock while the rebuild waits (rule 31).
-- KEYS  1 meta  2 lock
-- ARGV  1 token  2 TTL of the lock (ms)
-- RETURNS
--   lost       the gate is another rebuild's, ready, or gone
--   renewed
local found = redis.call('HMGET', KEYS[1], 'st', 'token')
if found[1] ~= 'rebuilding' or found[2] ~= ARGV[1] then return { 'lost' } end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return { 'renewed' }
