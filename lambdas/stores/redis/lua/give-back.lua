-- Takes back what this lane, not the order's home, set aside for it in one attempt, but for what the order is to keep.
-- KEYS  1 meta  2 ent  3 pend  4 due  5 cust  then bits, own of each sku
-- ARGV  1 orderId  2 attempt  3 units of this lane to be kept  4 number of skus n  then n skus
-- RETURNS
--   kept             the lane has nothing of the order, has it by another attempt, or the ledger has said what became of it
--   more-skus, …     nothing done: come again with the keys of these skus too
--   given-back
local id, stocks = ARGV[1], stocks_of(5, tonumber(ARGV[4]))
local part = read_entry(id)
-- No attempt outlives the ledger's word: apply.lua ends it.
if not part or part.attempt == '' or part.attempt ~= ARGV[2] then return { 'kept' } end
local more = undeclared(stocks, part)
if more then return more end
local wanted, rest = names_of(parse_units(ARGV[3])), {}
for _, it in ipairs(parse_units(part.units)) do
  if wanted[name_of(it)] then rest[#rest + 1] = it else take_back(stocks[it.sku], it.unit, slot_of(id)) end
end
save_counts(stocks)
part.units = format_units(rest)
if #rest > 0 then write_entry(id, part) else redis.call('HDEL', ENT, id) end
return { 'given-back' }
