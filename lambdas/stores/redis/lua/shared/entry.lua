-- Shared by the scripts that know orders: an order's entry in `ent`, the units it lists, and its customer's count.
-- A sale of several lanes has all these keys once a lane. An order's home lane has its whole entry; another lane has a part of
-- it, its units there: no fingerprint, customer, count or document.
-- KEYS of all of them: 1 meta, 2 ent, 3 pend, 4 due, 5 cust; from 6 on `bits` and `own` of each sku.
--
-- An entry is one string of ten fields with \31 between them:
--   version    twice the order's version; odd for a stub, which knows one claim of that version and not the order
--   live       1 when the order holds its units, else 0
--   fp         fingerprint; empty in a stub
--   rt         when the units were last retaken (epoch ms); empty when never
--   customer   customerId; empty for an order of the house, which no limit counts
--   counts     units that count for the customer: those listed, and those of an order that a late payment took up again
--   units      sku:1,2;sku2:3, those of this lane, numbered within it
--   elsewhere  those of other lanes, numbered as in the ledger; empty in a sale of one lane
--   attempt    of an order that takes units from several lanes: the gathering that took them. In the order's home lane only
--              until all are there. Empty otherwise
--   document   opaque: the kept request at version 0, the order's image from then on, empty in a stub
local META, ENT, PEND, DUE, CUST = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local ENTRY = '^(%d+)\31([01])\31([^\31]*)\31(%d*)\31([^\31]*)\31(%d+)\31([^\31]*)\31([^\31]*)\31([^\31]*)\31(.*)$'

-- True for a gate that sells, and by the terms of this version of the sale: a failover may bring back one that an operator
-- has put anew since, of more units or cut otherwise.
local function sells(gate_version)
  local found = redis.call('HMGET', META, 'st', 'version')
  return found[1] == 'ready' and found[2] == gate_version
end

-- True for a gate that sells or is being made. What a sale of several lanes has of the whole is none: who knew the sale uncut asks here.
local function is_gate()
  local state = redis.call('HGET', META, 'st')
  return state == 'ready' or state == 'rebuilding'
end

local function read_entry(id)
  local text = redis.call('HGET', ENT, id)
  if not text then return nil end
  local version, live, fp, rt, customer, counts, units, elsewhere, attempt, document = string.match(text, ENTRY)
  return {
    version = tonumber(version), live = live == '1', fp = fp, rt = rt,
    customer = customer, counts = tonumber(counts), units = units, elsewhere = elsewhere, attempt = attempt,
    document = document,
  }
end

local function write_entry(id, entry)
  local live = entry.live and '1' or '0'
  redis.call('HSET', ENT, id, table.concat({
    entry.version, live, entry.fp, entry.rt, entry.customer, entry.counts, entry.units, entry.elsewhere, entry.attempt, entry.document,
  }, '\31'))
end

-- 'a:1,2;b:3' → { {sku, unit}, … }, in the order of the text.
local function parse_units(text)
  local list = {}
  for sku, numbers in string.gmatch(text, '([^:;]+):([^;]*)') do
    for number in string.gmatch(numbers, '%d+') do
      list[#list + 1] = { sku = sku, unit = tonumber(number) }
    end
  end
  return list
end

-- The reverse: units of one sku together, skus in the order in which they first appear.
local function format_units(list)
  local skus, numbers = {}, {}
  for _, it in ipairs(list) do
    if not numbers[it.sku] then
      numbers[it.sku] = {}
      skus[#skus + 1] = it.sku
    end
    table.insert(numbers[it.sku], it.unit)
  end
  for i, sku in ipairs(skus) do skus[i] = sku .. ':' .. table.concat(numbers[sku], ',') end
  return table.concat(skus, ';')
end

local function name_of(it) return it.sku .. ':' .. it.unit end

local function names_of(list)
  local names = {}
  for _, it in ipairs(list) do names[name_of(it)] = true end
  return names
end

-- Live units of a customer: a field that would be 0 is not there.
local function count_units(customer, difference)
  if customer == '' or difference == 0 then return end
  if redis.call('HINCRBY', CUST, customer, difference) == 0 then redis.call('HDEL', CUST, customer) end
end
