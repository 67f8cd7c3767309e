-- Shared: the search for clear units. It goes by bytes of the bitmap, which BITPOS does in every version of Redis.

-- Capacity, and how many of its units are clear. Never too many: a set bit beyond the capacity (the ledger grew, the
-- gate was not told yet) counts as one within it.
local function left_of(stock)
  local found = redis.call('HMGET', META, 'cap:' .. stock.sku, 'set:' .. stock.sku)
  local capacity = tonumber(found[1] or 0)
  return math.max(0, capacity - tonumber(found[2] or 0)), capacity
end

-- The first clear unit in this byte or after it. BITPOS says less than that when the string ends before it.
local function next_clear(stock, byte)
  return math.max(byte * 8, redis.call('BITPOS', stock.bits, 0, byte))
end

-- Gives the first `quantity` clear units from this byte on, then from the start. Only as many as left_of says.
local function take_clear(stock, quantity, capacity, byte, slot, list)
  for _ = 1, quantity do
    local unit = next_clear(stock, byte)
    if unit >= capacity then unit = next_clear(stock, 0) end
    if unit >= capacity then error('set:' .. stock.sku .. ' counts fewer bits than are set') end
    give(stock, unit, slot)
    list[#list + 1] = { sku = stock.sku, unit = unit }
    byte = math.floor(unit / 8)
  end
end
