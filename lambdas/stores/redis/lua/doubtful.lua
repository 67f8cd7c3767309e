-- Orders of a lane that has failed over since all of them were compared with the ledger: of any of them it may have
-- forgotten how it ended. `compared` in meta is the id of the server that they were compared in, with the place in `ent`
-- where that goes on (id:cursor) until it is done. Pending orders are left out: the ledger does not know them.
-- KEYS  1 meta  2 ent
-- ARGV  1 what the reply before said, whose orders are compared now ('' = there was none)  2 how many orders; Redis may give more
-- RETURNS
--   none                   none is doubtful; or there is no gate, or it is being rebuilt
--   orders, place, id, …   what to say the next time, and the orders, none perhaps
local found = redis.call('HMGET', KEYS[1], 'st', 'compared')
local compared = found[2]
if found[1] ~= 'ready' then return { 'none' } end
local id = server_id()
-- Of another server's orders nothing is said by it: that one begins anew.
if string.sub(ARGV[1], 1, #id) == id then
  compared = ARGV[1]
  redis.call('HSET', KEYS[1], 'compared', compared)
end
if compared == id then return { 'none' } end
local cursor = compared and string.match(compared, '^' .. id .. ':(%d+)$') or '0'
local page = redis.call('HSCAN', KEYS[2], cursor, 'COUNT', ARGV[2])
local fields, reply = page[2], { 'orders', page[1] == '0' and id or id .. ':' .. page[1] }
for i = 1, #fields, 2 do
  if tonumber(string.match(fields[i + 1], '^%d+')) > 0 then reply[#reply + 1] = fields[i] end
end
return reply
