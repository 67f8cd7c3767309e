-- Rule 4 in a lane that is not the order's home: what the order may keep of its units there, and others for what is missing, from
-- a random place as in draw.lua. All that is there, though it be too little: draw.lua judges at home.
-- KEYS  1 meta  2 ent  3 pend  4 due  5 cust  then bits, own of each sku
-- ARGV  1 version of the sale that the gate must be of  2 orderId  3 units of this lane to be kept if they are clear or its own
--       4 units of this lane counted already  5 a random whole number  6 spread in units  7 number of skus n  then n skus, n quantities still needed
-- RETURNS
--   park             no gate, or being rebuilt, or one of another version of the sale
--   more-skus, …     nothing done: come again with the keys of these skus too
--   done             the ledger has said what became of the order
--   drawn, units     those kept, then those found
if not sells(ARGV[1]) then return { 'park' } end
local id, count = ARGV[2], tonumber(ARGV[7])
local stocks, slot = stocks_of(8, count), slot_of(ARGV[2])
local part = read_entry(id)
if part and part.version > 0 then return { 'done' } end
local more = undeclared(stocks, part)
if more then return more end

local list = {}
for _, it in ipairs(parse_units(ARGV[3])) do
  local owner = owner_of(stocks[it.sku], it.unit)
  if owner == slot or is_free(owner) then
    give(stocks[it.sku], it.unit, slot)
    list[#list + 1] = it
  end
end
-- A failover may have forgotten that a unit was set aside that is counted already: free, it would be found a second time.
local there = parse_units(ARGV[4])
for _, it in ipairs(there) do
  if is_free(owner_of(stocks[it.sku], it.unit)) then give(stocks[it.sku], it.unit, slot) end
end
-- Another delivery of the same message may have set units aside here: those first.
local short, counted = {}, names_of(there)
for i = 1, count do short[ARGV[7 + i]] = tonumber(ARGV[7 + count + i]) end
local before = part and parse_units(part.units) or {}
for _, it in ipairs(before) do
  if short[it.sku] and short[it.sku] > 0 and not counted[name_of(it)] and owner_of(stocks[it.sku], it.unit) == slot then
    short[it.sku] = short[it.sku] - 1
    list[#list + 1] = it
  end
end
save_counts(stocks)
for i = 1, count do
  local stock = stocks[ARGV[7 + i]]
  local left, capacity = left_of(stock)
  local quantity = math.min(left, short[stock.sku])
  if quantity > 0 then
    local first = next_clear(stock, 0)
    local start = first + tonumber(ARGV[5]) % math.min(capacity - first, tonumber(ARGV[6]))
    take_clear(stock, quantity, capacity, math.floor(start / 8), slot, list)
  end
end
save_counts(stocks)

local names, units = names_of(list), {}
for _, it in ipairs(list) do units[#units + 1] = it end
for _, had in ipairs({ before, there }) do
  for _, it in ipairs(had) do
    if not names[name_of(it)] and owner_of(stocks[it.sku], it.unit) == slot then
      names[name_of(it)] = true
      units[#units + 1] = it
    end
  end
end
if #units > 0 then
  write_entry(id, {
    version = 0, live = true, fp = '', rt = '', customer = '', counts = 0, units = format_units(units), elsewhere = '',
    attempt = '', document = '',
  })
end
return { 'drawn', format_units(list) }
