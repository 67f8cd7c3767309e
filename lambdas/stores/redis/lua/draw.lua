-- Rule 4: other units for an order whose units collided in the ledger; all lines, or none besides the marks. In the order's home
-- lane, the last one asked: what other lanes gave is taken over with what is found here.
-- Searches from a random place: after a failover the lowest clear units are the ones handed out before it. The place
-- lies within `spread` units of the lowest clear one, which bounds how far `own` may have to be filled with zeros.
-- A seat has no other in its place: it stays the order's until the ledger says whose it is, also where the gate has it
-- for another order, since only one of the two can be committed.
-- KEYS  1 meta  2 ent  3 pend  4 due  5 cust  then bits, own of each sku
-- ARGV  1 version of the sale that the gate must be of  2 orderId  3 fingerprint  4 customerId ('' = house)
--       5 when to send again if not committed (epoch ms)  6 document (the request)  7 the message's units  8 those of them that are seats  9 a random whole number
--       10 spread in units  11 units that other lanes gave  12 number of skus n  then n skus (distinct), n quantities still
--       needed, then how many are of this lane and the collided claims, as in mark.lua
-- RETURNS
--   park             no gate, or being rebuilt, or one of another version of the sale
--   done             committed or closed meanwhile
--   seat-taken       a seat collided
--   none             some line cannot be filled
--   more-skus, …     nothing done: come again with the keys of these skus too
--   drawn, units     what the order has in this lane now
local id, slot = ARGV[2], slot_of(ARGV[2])
if not sells(ARGV[1]) then return { 'park' } end
local known = read_entry(id)
if known and known.version > 0 then return { 'done' } end
local count = tonumber(ARGV[12])
local stocks = stocks_of(13, count)
local more = undeclared(stocks, known)
if more then return more end

local claims = parse_claims(13 + 2 * count)
local collided = names_of(claims)
local short, to_set = {}, {}
for i = 1, count do
  short[ARGV[12 + i]] = tonumber(ARGV[12 + count + i])
  to_set[ARGV[12 + i]] = 0
end
local kept, fresh = {}, {}
local function keep(it, owner)
  kept[#kept + 1] = it
  short[it.sku] = short[it.sku] - 1
  if is_free(owner) then
    fresh[#fresh + 1] = it
    to_set[it.sku] = to_set[it.sku] + 1
  end
end

-- What the order keeps is judged before the marks: a unit that is another's by the ledger is not in it either way. Seats
-- come first, so that no unit of another body stands in for one.
local seated, seat_taken = {}, false
for _, it in ipairs(parse_units(ARGV[8])) do
  seated[it.sku] = true
  if collided[name_of(it)] then seat_taken = true else keep(it, owner_of(stocks[it.sku], it.unit)) end
end
local before = known and parse_units(known.units) or {}
for _, it in ipairs(#before > 0 and before or parse_units(ARGV[7])) do
  if short[it.sku] and short[it.sku] > 0 and not collided[name_of(it)] then
    local owner = owner_of(stocks[it.sku], it.unit)
    if owner == slot or is_free(owner) then keep(it, owner) end
  end
end
for _, claim in ipairs(claims) do mark_unit(stocks, claim) end
save_counts(stocks)
if seat_taken then return { 'seat-taken' } end

local capacities = {}
for i = 1, count do
  local sku = ARGV[12 + i]
  local left, capacity = left_of(stocks[sku])
  if not seated[sku] and left - to_set[sku] < short[sku] then return { 'none' } end
  capacities[sku] = capacity
end

for _, it in ipairs(fresh) do give(stocks[it.sku], it.unit, slot) end
for i = 1, count do
  local sku = ARGV[12 + i]
  if short[sku] > 0 then
    local first = next_clear(stocks[sku], 0)
    local start = first + tonumber(ARGV[9]) % math.min(capacities[sku] - first, tonumber(ARGV[10]))
    take_clear(stocks[sku], short[sku], capacities[sku], math.floor(start / 8), slot, kept)
  end
end
local owns = names_of(kept)
for _, it in ipairs(before) do
  if not owns[name_of(it)] then take_back(stocks[it.sku], it.unit, slot) end
end
save_counts(stocks)

local units, counts = format_units(kept), #kept + #parse_units(ARGV[11])
write_entry(id, {
  version = 0, live = true, fp = ARGV[3], rt = '', customer = ARGV[4], counts = counts, units = units, elsewhere = ARGV[11],
  attempt = '', document = ARGV[6],
})
redis.call('ZADD', PEND, 'NX', ARGV[5], id)
if known then count_units(known.customer, -known.counts) end
count_units(ARGV[4], counts)
return { 'drawn', units }
