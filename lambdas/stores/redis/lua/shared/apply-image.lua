-- Shared: rule 2. The image of an order, from the ledger, at one version; an older or equal one changes nothing.
-- image: { version (twice), live, fp, customer, counts, units, elsewhere, holdExpiresAtMs ('' = no end), document }
-- Returns applied, and the units elsewhere that were listed before.
local function apply_image(stocks, id, image)
  local known = read_entry(id)
  if known and known.version >= image.version then return { 'stale' } end
  local more = undeclared(stocks, known)
  if more then return more end

  local slot = slot_of(id)
  local listed = parse_units(image.units)
  local before = known and parse_units(known.units) or {}
  local owns = image.live and names_of(listed) or {}
  for _, list in ipairs({ before, listed }) do
    for _, it in ipairs(list) do
      if not owns[name_of(it)] then take_back(stocks[it.sku], it.unit, slot) end
    end
  end
  if image.live then
    for _, it in ipairs(listed) do give(stocks[it.sku], it.unit, slot) end
  end
  save_counts(stocks)

  local counts = image.live and image.counts or 0
  if known then count_units(known.customer, -known.counts) end
  count_units(image.customer, counts)
  write_entry(id, {
    version = image.version, live = image.live, fp = image.fp, rt = '', customer = image.customer, counts = counts,
    units = image.live and image.units or '', elsewhere = image.live and image.elsewhere or '', attempt = '',
    document = image.document,
  })
  redis.call('ZREM', PEND, id)
  if image.live and image.holdExpiresAtMs ~= '' then
    redis.call('ZADD', DUE, image.holdExpiresAtMs, id)
  else
    redis.call('ZREM', DUE, id)
  end
  return { 'applied', known and known.elsewhere or '' }
end

-- The image in ARGV 2 to 10 (apply.lua).
local function image_of_arguments()
  return {
    version = tonumber(ARGV[2]), live = ARGV[3] == '1', fp = ARGV[4], customer = ARGV[5], units = ARGV[6],
    holdExpiresAtMs = ARGV[7], document = ARGV[8], counts = tonumber(ARGV[9]), elsewhere = ARGV[10],
  }
end
