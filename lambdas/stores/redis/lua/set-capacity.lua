-- Rule 7: capacity only grows, so late and repeated calls do no harm.
-- KEYS  1 meta
-- ARGV  1 sku  2 capacity in units  3 version of the sale that the gate must be of
-- RETURNS
--   none    there is no gate, or one of another version of the sale
--   set     the capacity is at least that now
local gate = redis.call('HMGET', KEYS[1], 'st', 'version')
if gate[1] == 'laned' or gate[2] ~= ARGV[3] then return { 'none' } end
local field = 'cap:' .. ARGV[1]
if tonumber(redis.call('HGET', KEYS[1], field) or 0) < tonumber(ARGV[2]) then redis.call('HSET', KEYS[1], field, ARGV[2]) end
return { 'set' }
