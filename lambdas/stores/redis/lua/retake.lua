-- Rule 5: a late payment takes the units of its expired order again, all or none. The image of the expiry goes in
-- first: should the expiry's own `apply` come late, it finds its version known and frees nothing (CE-9). The units count
-- for the customer at once, or another order of theirs would be accepted that the ledger has no room for. The order is due
-- from now on: should nobody claim the units, or the gate forget how the ledger decided, the sweep asks it (end-retake.lua).
-- KEYS  1 meta  2 ent  3 pend  4 due  5 cust  then bits, own of each sku
-- ARGV  1 to 11 and the skus: the expired image, as in apply.lua  then now (epoch ms), customer's limit in units (0 = none)
-- RETURNS
--   busy             no gate, or being rebuilt
--   more-skus, …     nothing done: come again with the keys of these skus too
--   refused          another order has one of the units, or the customer's limit has no room for them, or the order has
--                    ended again since: this comes late
--   taken            the order owns them all; it stays as it was until the ledger says otherwise
if redis.call('HGET', META, 'st') ~= 'ready' then return { 'busy' } end
local id, slot = ARGV[1], slot_of(ARGV[1])
local count = tonumber(ARGV[11])
local stocks = stocks_of(12, count)
local image = image_of_arguments()
local applied = apply_image(stocks, id, image)
if applied[1] == 'more-skus' then return applied end

local entry, limit = read_entry(id), tonumber(ARGV[13 + count])
if entry.version > image.version and not entry.live then return { 'refused' } end

local list = parse_units(image.units)
for _, it in ipairs(list) do
  local owner = owner_of(stocks[it.sku], it.unit)
  if owner ~= slot and not is_free(owner) then return { 'refused' } end
end
-- An order that is live by a newer image counts already.
local counts = entry.live and entry.counts or image.counts
if limit > 0 and entry.customer ~= '' then
  local used = tonumber(redis.call('HGET', CUST, entry.customer) or 0)
  if used - entry.counts + counts > limit then return { 'refused' } end
end

for _, it in ipairs(list) do give(stocks[it.sku], it.unit, slot) end
save_counts(stocks)
count_units(entry.customer, counts - entry.counts)
entry.rt, entry.counts = ARGV[12 + count], counts
write_entry(id, entry)
if not entry.live and counts > 0 then redis.call('ZADD', DUE, entry.rt, id) end
return { 'taken' }
