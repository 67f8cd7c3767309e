-- The end of a gate whose sale is over: everything of it goes at once, so that no bit outlives what owns it (CE-18).
-- KEYS  1 meta  2 ent  3 pend  4 due  5 cust  6 lock  7 waiters  8 resent  then bits, own of each sku
-- ARGV  none
-- RETURNS
--   none       there is no gate
--   busy       it is being rebuilt, or orders are pending or held: they are settled first
--   dropped
local state = redis.call('HGET', KEYS[1], 'st')
if not state then return { 'none' } end
if state == 'rebuilding' or redis.call('ZCARD', KEYS[3]) > 0 or redis.call('ZCARD', KEYS[4]) > 0 then return { 'busy' } end
for _, key in ipairs(KEYS) do redis.call('UNLINK', key) end
return { 'dropped' }
