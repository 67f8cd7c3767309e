-- Rule 7, publish: opens the rebuilt gate.
-- KEYS  1 meta  2 lock
-- ARGV  1 token  2 chunks sent  3 state: ready, or laned where the units are in lanes of their own
--       4 version of the sale that it is of  then sku, capacity in units of each
-- RETURNS
--   lost         the gate is another rebuild's, or gone
--   incomplete   other than that many chunks arrived
--   published    open; also when this very rebuild asks twice
local found = redis.call('HMGET', KEYS[1], 'st', 'token', 'chunks')
if found[2] ~= ARGV[1] then return { 'lost' } end
if found[1] == ARGV[3] then return { 'published' } end
if tonumber(found[3]) ~= tonumber(ARGV[2]) then return { 'incomplete' } end
for i = 5, #ARGV, 2 do
  local field = 'cap:' .. ARGV[i]
  if tonumber(redis.call('HGET', KEYS[1], field) or 0) < tonumber(ARGV[i + 1]) then redis.call('HSET', KEYS[1], field, ARGV[i + 1]) end
end
-- What was loaded is as the ledger has it: nothing is doubtful until this server fails over.
redis.call('HSET', KEYS[1], 'st', ARGV[3], 'version', ARGV[4], 'compared', server_id())
redis.call('DEL', KEYS[2])
return { 'published' }
