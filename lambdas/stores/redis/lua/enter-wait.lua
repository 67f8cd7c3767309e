-- One of a few places to wait for a commit, and of fewer still for one customer, so that nobody can take them all. A place
-- whose time is over is free again: a function may die waiting.
-- KEYS  1 waiters
-- ARGV  1 customerId, without spaces  2 waitId  3 now (epoch ms)  4 until when (epoch ms)  5 places  6 places of one customer
-- RETURNS
--   full       all places are taken, or all of this customer
--   entered    also when this wait has its place already: the call was repeated
local customer = ARGV[1] .. ' '
local wait = customer .. ARGV[2]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
if not redis.call('ZSCORE', KEYS[1], wait) then
  local taken = redis.call('ZRANGE', KEYS[1], 0, -1)
  local own = 0
  for _, other in ipairs(taken) do
    if string.sub(other, 1, #customer) == customer then own = own + 1 end
  end
  if #taken >= tonumber(ARGV[5]) or own >= tonumber(ARGV[6]) then return { 'full' } end
end
redis.call('ZADD', KEYS[1], ARGV[4], wait)
return { 'entered' }
