-- Rule 7, load: one chunk of a sku's claims into a gate that is being rebuilt, each as in rule 3. Renews the lock.
-- KEYS  1 meta  2 ent  3 pend  4 due  5 cust  6 bits  7 own  8 lock
-- ARGV  1 token  2 TTL of the lock (ms)  3 sku  then how many are of this lane and the claims, as in mark.lua
-- RETURNS
--   lost      the gate is another rebuild's, ready, or gone
--   loaded    and counted
local found = redis.call('HMGET', META, 'st', 'token')
if found[1] ~= 'rebuilding' or found[2] ~= ARGV[1] then return { 'lost' } end
local stocks = stocks_of(3, 1)
for _, claim in ipairs(parse_claims(4)) do mark_unit(stocks, claim) end
save_counts(stocks)
redis.call('HINCRBY', META, 'chunks', 1)
redis.call('SET', KEYS[8], ARGV[1], 'PX', ARGV[2])
return { 'loaded' }
