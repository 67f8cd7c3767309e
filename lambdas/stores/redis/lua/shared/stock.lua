-- Shared: units of a sku. Bit `unit` of `bits` is 1 exactly when slot `unit` of `own` names an owner; both change
-- here only, and `set:<sku>` in meta counts the bits, so that what is left is known without counting them.
local SLOT = 26
local FREE = string.rep('\0', SLOT)

-- The stock of the skus ARGV[first] … ARGV[first + count − 1], by sku. `gained`: bits set less bits cleared by this script.
local function stocks_of(first, count)
  local stocks = {}
  for i = 0, count - 1 do
    local sku = ARGV[first + i]
    stocks[sku] = { sku = sku, bits = KEYS[6 + 2 * i], own = KEYS[7 + 2 * i], gained = 0 }
  end
  return stocks
end

-- An order's listed skus are those of its request, but for a key used twice with other bodies around a failover: then
-- the caller is told the skus and comes again with their keys. To be asked before the first write.
local function undeclared(stocks, entry)
  if not entry then return nil end
  local reply, missing = { 'more-skus' }, false
  for sku in string.gmatch(entry.units, '([^:;]+):') do
    reply[#reply + 1] = sku
    if not stocks[sku] then missing = true end
  end
  return missing and reply or nil
end

-- The part of an order's id that a slot holds: all but the `ord_` in front.
local function slot_of(id) return string.sub(id, -SLOT) end

local function owner_of(stock, unit)
  return redis.call('GETRANGE', stock.own, unit * SLOT, unit * SLOT + SLOT - 1)
end

-- Beyond the end of the string, or within what was filled up with zeros, nobody owns the unit.
local function is_free(owner) return owner == '' or owner == FREE end

local function give(stock, unit, slot)
  if redis.call('SETBIT', stock.bits, unit, 1) == 0 then stock.gained = stock.gained + 1 end
  redis.call('SETRANGE', stock.own, unit * SLOT, slot)
end

-- Clears the unit if this order owns it, and only then.
local function take_back(stock, unit, slot)
  if owner_of(stock, unit) ~= slot then return false end
  redis.call('SETBIT', stock.bits, unit, 0)
  redis.call('SETRANGE', stock.own, unit * SLOT, FREE)
  stock.gained = stock.gained - 1
  return true
end

local function save_counts(stocks)
  for _, stock in pairs(stocks) do
    if stock.gained ~= 0 then redis.call('HINCRBY', META, 'set:' .. stock.sku, stock.gained) end
    stock.gained = 0
  end
end
