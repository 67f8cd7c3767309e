-- Rule 11: what must be known before an order is refused without reserve.lua. Writes nothing.
-- KEYS  1 meta  2 ent  3 cust
-- ARGV  1 orderId  2 customerId ('' = not asked about)
-- RETURNS
--   busy              no gate, or being rebuilt: any order may be one it knew
--   known             the order has an entry
--   unknown, units    it has none; live units of the customer, 0 when not asked about
if redis.call('HGET', KEYS[1], 'st') ~= 'ready' then return { 'busy' } end
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 then return { 'known' } end
local units = ARGV[2] ~= '' and redis.call('HGET', KEYS[3], ARGV[2])
return { 'unknown', units or 0 }
