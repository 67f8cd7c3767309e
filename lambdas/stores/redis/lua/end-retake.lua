-- The end of a retake that nobody finished: the units it set aside are clear again, and count for nobody.
-- KEYS  1 meta  2 ent  3 pend  4 due  5 cust  then bits, own of each sku
-- ARGV  1 orderId  2 twice the version of the expired image  3 its units listed  4 now (epoch ms)
--       5 how long a retake is left alone (ms)  6 number of skus n  then n skus
-- RETURNS
--   kept     the order is not one that was retaken, the gate knows it at another version, or it was retaken just now
--   ended
local stocks = stocks_of(7, tonumber(ARGV[6]))
local id, slot = ARGV[1], slot_of(ARGV[1])
local entry = read_entry(id)
if not entry or entry.live or entry.version ~= tonumber(ARGV[2]) or entry.rt == '' then return { 'kept' } end
if tonumber(ARGV[4]) - tonumber(entry.rt) < tonumber(ARGV[5]) then return { 'kept' } end
for _, it in ipairs(parse_units(ARGV[3])) do take_back(stocks[it.sku], it.unit, slot) end
save_counts(stocks)
count_units(entry.customer, -entry.counts)
entry.rt, entry.counts = '', 0
write_entry(id, entry)
redis.call('ZREM', DUE, id)
return { 'ended' }
