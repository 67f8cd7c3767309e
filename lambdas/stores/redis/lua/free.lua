-- Rule 6: clears a unit that the ledger does not list for its owner, if the gate knows nothing newer of that order.
-- KEYS  1 meta  2 ent  3 pend  4 due  5 cust  6 bits  7 own
-- ARGV  1 sku  2 unit  3 orderId  4 twice the version read in the ledger  5 now (epoch ms)
--       6 how long a retake is left alone (ms)
-- RETURNS
--   kept     another owns it, a newer version is known, or it was retaken just now
--   freed
local stocks = stocks_of(1, 1)
local stock, unit, id = stocks[ARGV[1]], tonumber(ARGV[2]), ARGV[3]
local entry = read_entry(id)
if entry then
  if entry.version > tonumber(ARGV[4]) then return { 'kept' } end
  if entry.rt ~= '' and tonumber(ARGV[5]) - tonumber(entry.rt) < tonumber(ARGV[6]) then return { 'kept' } end
end
if not take_back(stock, unit, slot_of(id)) then return { 'kept' } end
save_counts(stocks)
if entry then
  local rest, before = {}, parse_units(entry.units)
  for _, it in ipairs(before) do
    if it.sku ~= stock.sku or it.unit ~= unit then rest[#rest + 1] = it end
  end
  if #rest < #before then
    entry.units = format_units(rest)
    entry.counts = math.max(0, entry.counts - 1)
    write_entry(id, entry)
    count_units(entry.customer, -1)
  end
end
return { 'freed' }
