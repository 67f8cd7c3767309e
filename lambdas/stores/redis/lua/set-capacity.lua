-- Rule 7: capacity only grows, so late and repeated calls do no harm.
-- KEYS  1 meta
-- ARGV  1 sku  2 capacity in units
-- RETURNS
--   none    there is no gate
--   set     the capacity is at least that now
if redis.call('HEXISTS', KEYS[1], 'st') == 0 then return { 'none' } end
local field = 'cap:' .. ARGV[1]
if tonumber(redis.call('HGET', KEYS[1], field) or 0) < tonumber(ARGV[2]) then redis.call('HSET', KEYS[1], field, ARGV[2]) end
return { 'set' }
