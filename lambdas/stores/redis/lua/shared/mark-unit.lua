-- Shared: rule 3. A unit that the ledger says this order claims.
-- One unit is a partial view of the order, so it must never pass for the whole image of that version: a stub has
-- version claim − ½ (stored twice: odd), and an order that is live keeps its own (counterexample CE-21).
-- claim: { sku, unit, id, version (twice), customer, holdExpiresAtMs ('' = none) }
local function mark_unit(stocks, claim)
  local entry = read_entry(claim.id)
  if entry and not entry.live then
    if entry.version >= claim.version then return end
  end
  give(stocks[claim.sku], claim.unit, slot_of(claim.id))

  if entry and entry.live then
    local list = parse_units(entry.units)
    if names_of(list)[name_of(claim)] then return end
    list[#list + 1] = claim
    entry.units = format_units(list)
    entry.counts = entry.counts + 1
    count_units(entry.customer, 1)
  else
    local counted = entry and entry.counts or 0
    entry = {
      version = claim.version - 1, live = true, fp = '', rt = entry and entry.rt or '',
      customer = entry and entry.customer or claim.customer, counts = 1, units = name_of(claim), document = '',
    }
    count_units(entry.customer, 1 - counted)
    if claim.holdExpiresAtMs ~= '' then redis.call('ZADD', DUE, claim.holdExpiresAtMs, claim.id) end
  end
  write_entry(claim.id, entry)
end

-- Claims in ARGV from `first` on, six fields each.
local function parse_claims(first)
  local claims = {}
  for i = first, #ARGV, 6 do
    claims[#claims + 1] = {
      sku = ARGV[i], unit = tonumber(ARGV[i + 1]), id = ARGV[i + 2], version = tonumber(ARGV[i + 3]),
      customer = ARGV[i + 4], holdExpiresAtMs = ARGV[i + 5],
    }
  end
  return claims
end
