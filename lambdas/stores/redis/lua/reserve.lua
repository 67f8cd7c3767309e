-- Rule 1: sets units aside for a new order, all lines or nothing; a known order is answered first. Seats are units that
-- the order names; a line of seats needs just these, every other line takes the lowest clear ones.
-- KEYS  1 meta  2 ent  3 pend  4 due  5 cust  then bits, own of each sku
-- ARGV  1 orderId  2 fingerprint  3 customerId ('' = house)  4 customer's limit in units (0 = none)
--       5 when to send again if not committed (epoch ms)  6 document (the request)  7 known orders only: 1 or 0
--       8 number of skus n  then n skus (distinct), n quantities, then the units of its seats ('' = none)
-- RETURNS
--   busy                        no gate, or being rebuilt; also for known orders
--   ask-ledger                  known by its claims only
--   fingerprint-differs         known with another request
--   pending, document, units    known, not committed yet
--   replayed, document          known, committed or closed
--   unknown                     not known, and only known orders were asked for
--   customer-limit, remaining   units the customer may still have
--   seat-taken, units           seats asked for that are another order's
--   sold-out, left, …           clear units of each sku asked for, in order
--   reserved, units             set aside now
local id, fingerprint, customer, limit = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
if redis.call('HGET', META, 'st') ~= 'ready' then return { 'busy' } end

local known = read_entry(id)
if known then
  if known.fp == '' then return { 'ask-ledger' } end
  if known.fp ~= fingerprint then return { 'fingerprint-differs' } end
  if known.version == 0 then return { 'pending', known.document, known.units } end
  return { 'replayed', known.document }
end
if ARGV[7] == '1' then return { 'unknown' } end

local count = tonumber(ARGV[8])
local stocks = stocks_of(9, count)
local asked = 0
for i = 1, count do asked = asked + tonumber(ARGV[8 + count + i]) end
if limit > 0 and customer ~= '' then
  local used = tonumber(redis.call('HGET', CUST, customer) or 0)
  if used + asked > limit then return { 'customer-limit', math.max(0, limit - used) } end
end

local seats, taken, seated = parse_units(ARGV[9 + 2 * count]), {}, {}
for _, it in ipairs(seats) do
  seated[it.sku] = true
  if not is_free(owner_of(stocks[it.sku], it.unit)) then taken[#taken + 1] = it end
end
if #taken > 0 then return { 'seat-taken', format_units(taken) } end

local sold_out, enough, capacities = { 'sold-out' }, true, {}
for i = 1, count do
  local left, capacity = left_of(stocks[ARGV[8 + i]])
  sold_out[i + 1], capacities[i] = left, capacity
  if not seated[ARGV[8 + i]] and left < tonumber(ARGV[8 + count + i]) then enough = false end
end
if not enough then return sold_out end

local list, slot = seats, slot_of(id)
for _, it in ipairs(seats) do give(stocks[it.sku], it.unit, slot) end
for i = 1, count do
  local sku = ARGV[8 + i]
  if not seated[sku] then take_clear(stocks[sku], tonumber(ARGV[8 + count + i]), capacities[i], 0, slot, list) end
end
save_counts(stocks)
local units = format_units(list)
write_entry(id, { version = 0, live = true, fp = fingerprint, rt = '', customer = customer, counts = asked, units = units, document = ARGV[6] })
redis.call('ZADD', PEND, ARGV[5], id)
count_units(customer, asked)
return { 'reserved', units }
