-- Rule 1: sets units aside for a new order, all lines or nothing; a known order is answered first. Seats are units that
-- the order names; a line of seats needs just these, every other line takes the lowest clear ones.
-- In a sale of several lanes: in the order's home lane. Where that is short, it sets aside what it has, and the order gathers
-- the rest from the other lanes (take.lua, store.lua) or comes to nothing (remove.lua). Until then it counts with all it asks
-- for, and nothing was promised.
-- KEYS  1 meta  2 ent  3 pend  4 due  5 cust  then bits, own of each sku
-- ARGV  1 version of the sale that the gate must be of  2 orderId  3 fingerprint  4 customerId ('' = house)
--       5 customer's limit in units (0 = none)  6 when to send again if not committed (epoch ms)  7 document (the request)
--       8 known orders only: 1 or 0
--       9 units of the order  10 attempt, if it may gather ('' = there is no other lane)  11 some of its seats are of other lanes: 1 or 0
--       12 number of skus n  then n skus (distinct), n quantities (0 of a sku with seats), then its seats of this lane ('' = none)
-- RETURNS
--   busy                        no gate, or being rebuilt, or one of another version of the sale; also for known orders
--   ask-ledger                  known by its claims only
--   fingerprint-differs         known with another request
--   pending, document, units, elsewhere   known, not committed yet
--   replayed, document          known, committed or closed
--   unknown                     not known, and only known orders were asked for
--   customer-limit, remaining   units the customer may still have
--   seat-taken, units           seats asked for that are another order's
--   sold-out, left, …           clear units of each sku asked for, in order
--   gather, attempt, units      set aside now, or before in the same attempt; the rest is to be gathered
--   reserved, units             set aside now
local id, fingerprint, customer, limit = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
if not sells(ARGV[1]) then return { 'busy' } end

local known = read_entry(id)
if known then
  if known.fp == '' then return { 'ask-ledger' } end
  if known.fp ~= fingerprint then return { 'fingerprint-differs' } end
  if known.attempt ~= '' then return { 'gather', known.attempt, known.units } end
  if known.version == 0 then return { 'pending', known.document, known.units, known.elsewhere } end
  return { 'replayed', known.document }
end
if ARGV[8] == '1' then return { 'unknown' } end

local count, asked = tonumber(ARGV[12]), tonumber(ARGV[9])
local stocks = stocks_of(13, count)
if limit > 0 and customer ~= '' then
  local used = tonumber(redis.call('HGET', CUST, customer) or 0)
  if used + asked > limit then return { 'customer-limit', math.max(0, limit - used) } end
end

local seats, taken = parse_units(ARGV[13 + 2 * count]), {}
for _, it in ipairs(seats) do
  if not is_free(owner_of(stocks[it.sku], it.unit)) then taken[#taken + 1] = it end
end
if #taken > 0 then return { 'seat-taken', format_units(taken) } end

local sold_out, short, there, capacities = { 'sold-out' }, ARGV[11] == '1', {}, {}
for i = 1, count do
  local left, capacity = left_of(stocks[ARGV[12 + i]])
  local quantity = tonumber(ARGV[12 + count + i])
  sold_out[i + 1], there[i], capacities[i] = left, math.min(left, quantity), capacity
  if left < quantity then short = true end
end
if short and ARGV[10] == '' then return sold_out end

local list, slot = seats, slot_of(id)
for _, it in ipairs(seats) do give(stocks[it.sku], it.unit, slot) end
for i = 1, count do take_clear(stocks[ARGV[12 + i]], there[i], capacities[i], 0, slot, list) end
save_counts(stocks)
local units, attempt = format_units(list), short and ARGV[10] or ''
write_entry(id, {
  version = 0, live = true, fp = fingerprint, rt = '', customer = customer, counts = asked, units = units, elsewhere = '',
  attempt = attempt, document = ARGV[7],
})
redis.call('ZADD', PEND, ARGV[6], id)
count_units(customer, asked)
if short then return { 'gather', attempt, units } end
return { 'reserved', units }
