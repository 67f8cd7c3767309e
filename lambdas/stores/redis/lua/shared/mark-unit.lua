-- Shared: rule 3. A unit that the ledger says this order claims.
-- One unit is a partial view of the order, so it must never pass for the whole image of that version: a stub has
-- version claim − ½ (stored twice: odd), and an order that is live keeps its own (counterexample CE-21).
-- claim: { sku, unit, id, version (twice), customer, holdExpiresAtMs ('' = none), elsewhere: the unit is of another lane }
local function mark_unit(stocks, claim)
  local entry = read_entry(claim.id)
  if entry and not entry.live and entry.version >= claim.version then return end
  local field = claim.elsewhere and 'elsewhere' or 'units'
  if not claim.elsewhere then give(stocks[claim.sku], claim.unit, slot_of(claim.id)) end

  if entry and entry.live then
    local list = parse_units(entry[field])
    local listed = names_of(list)[name_of(claim)]
    if listed and (entry.fp ~= '' or entry.attempt == '') then return end
    -- A part of an order: what the ledger has is no gatherer's to give back.
    if entry.fp == '' then entry.attempt = '' end
    if not listed then
      list[#list + 1] = claim
      entry[field] = format_units(list)
      entry.counts = entry.counts + 1
      count_units(entry.customer, 1)
    end
  else
    local counted = entry and entry.counts or 0
    entry = {
      version = claim.version - 1, live = true, fp = '', rt = entry and entry.rt or '',
      customer = entry and entry.customer or claim.customer, counts = 1, units = '', elsewhere = '', attempt = '', document = '',
    }
    entry[field] = name_of(claim)
    count_units(entry.customer, 1 - counted)
    if claim.holdExpiresAtMs ~= '' then redis.call('ZADD', DUE, claim.holdExpiresAtMs, claim.id) end
  end
  write_entry(claim.id, entry)
end

-- Claims in ARGV: how many are of units of this lane, at `first`, then all of them, six fields each.
local function parse_claims(first)
  local claims, here = {}, tonumber(ARGV[first])
  for i = first + 1, #ARGV, 6 do
    claims[#claims + 1] = {
      sku = ARGV[i], unit = tonumber(ARGV[i + 1]), id = ARGV[i + 2], version = tonumber(ARGV[i + 3]),
      customer = ARGV[i + 4], holdExpiresAtMs = ARGV[i + 5], elsewhere = #claims >= here,
    }
  end
  return claims
end
