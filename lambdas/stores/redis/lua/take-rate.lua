-- One call against a limit of calls in a window that begins with its first call.
-- KEYS  1 rate (calls counted and the window's end, `count:endMs`; gone when the window is over)
-- ARGV  1 limit in calls  2 length of the window (ms)  3 now (epoch ms)
-- RETURNS
--   allowed, remaining, resetMs   counted; calls left in the window, and how long it lasts
--   refused, remaining, resetMs   not counted; 0, and how long to wait
local limit, now = tonumber(ARGV[1]), tonumber(ARGV[3])
local count, ends = string.match(redis.call('GET', KEYS[1]) or '', '^(%d+):(%d+)$')
count, ends = tonumber(count or 0), tonumber(ends or 0)
-- An end further away than a window is another clock's: never wait longer than the window.
if ends <= now or ends > now + tonumber(ARGV[2]) then
  count, ends = 0, now + tonumber(ARGV[2])
end
if count >= limit then return { 'refused', 0, ends - now } end
count = count + 1
redis.call('SET', KEYS[1], string.format('%d:%.0f', count, ends), 'PX', ends - now)
return { 'allowed', limit - count, ends - now }
