-- Gathering (ADR 0015): sets aside what this lane, not the order's home, has of what is missing. Again in the same
-- attempt: the same units. What another attempt took is let go only if the caller has seen that its own stands at the order.
-- KEYS  1 meta  2 ent  3 pend  4 due  5 cust  then bits, own of each sku
-- ARGV  1 version of the sale that the gate must be of  2 orderId  3 attempt
--       4 the attempt it takes the place of ('-' = none)  5 number of skus n  then n skus, n quantities
--       still needed (0 of a sku with seats), then the order's seats of this lane ('' = none)
-- RETURNS
--   busy             no gate, or being rebuilt, or one of another version of the sale
--   more-skus, …     nothing done: come again with the keys of these skus too
--   ended            the ledger has said what became of the order
--   other, attempt   units are set aside by another attempt, or ('') drawn for a message
--   seat-taken, units   seats asked for that are another order's: nothing was set aside
--   taken, units     what the order has in this lane now
if not sells(ARGV[1]) then return { 'busy' } end
local id, attempt, count = ARGV[2], ARGV[3], tonumber(ARGV[5])
local stocks, slot = stocks_of(6, count), slot_of(ARGV[2])
local part = read_entry(id)
if part then
  if part.version > 0 then return { 'ended' } end
  if part.attempt == attempt then return { 'taken', part.units } end
  if part.attempt ~= ARGV[4] then return { 'other', part.attempt } end
  local more = undeclared(stocks, part)
  if more then return more end
  for _, it in ipairs(parse_units(part.units)) do take_back(stocks[it.sku], it.unit, slot) end
  save_counts(stocks)
  redis.call('HDEL', ENT, id)
end

local list, taken = {}, {}
for _, it in ipairs(parse_units(ARGV[6 + 2 * count])) do
  if is_free(owner_of(stocks[it.sku], it.unit)) then list[#list + 1] = it else taken[#taken + 1] = it end
end
if #taken > 0 then list = {} end
for _, it in ipairs(list) do give(stocks[it.sku], it.unit, slot) end
for i = 1, #taken > 0 and 0 or count do
  local left, capacity = left_of(stocks[ARGV[5 + i]])
  take_clear(stocks[ARGV[5 + i]], math.min(left, tonumber(ARGV[5 + count + i])), capacity, 0, slot, list)
end
save_counts(stocks)
if #list > 0 then
  write_entry(id, {
    version = 0, live = true, fp = '', rt = '', customer = '', counts = 0, units = format_units(list), elsewhere = '',
    attempt = attempt, document = '',
  })
end
if #taken > 0 then return { 'seat-taken', format_units(taken) } end
return { 'taken', format_units(list) }
