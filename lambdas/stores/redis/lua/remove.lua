-- A gathering that came to nothing, in the order's home lane: the order is unknown again and its units of this lane are clear, if it
-- still gathers in that attempt. From now on nobody can store for it.
-- KEYS  1 meta  2 ent  3 pend  4 due  5 cust  then bits, own of each sku
-- ARGV  1 orderId  2 attempt  3 number of skus n  then n skus
-- RETURNS
--   kept             no gate, or the order does not gather in that attempt
--   more-skus, …     nothing done: come again with the keys of these skus too
--   removed
if redis.call('HGET', META, 'st') ~= 'ready' then return { 'kept' } end
local id, stocks = ARGV[1], stocks_of(4, tonumber(ARGV[3]))
local entry = read_entry(id)
if not entry or entry.version > 0 or entry.attempt == '' or entry.attempt ~= ARGV[2] then return { 'kept' } end
local more = undeclared(stocks, entry)
if more then return more end
for _, it in ipairs(parse_units(entry.units)) do take_back(stocks[it.sku], it.unit, slot_of(id)) end
save_counts(stocks)
count_units(entry.customer, -entry.counts)
redis.call('HDEL', ENT, id)
redis.call('ZREM', PEND, id)
return { 'removed' }
