-- Rule 27: an accepted order that the ledger does not know is to be sent again, a few times, each wait twice the last.
-- KEYS  1 meta  2 ent  3 pend  4 due  5 cust  6 resent
-- ARGV  1 orderId  2 now (epoch ms)  3 the first wait (ms)  4 how often at most
-- RETURNS
--   settled                  it is not pending any more
--   waiting                  it was sent again a while ago
--   stuck                    it was sent again as often as it may be, and waited for each time
--   gathering, attempt       its units are not all there, and nobody was promised anything
--   again, document, units, elsewhere   to be sent now: its request, and the units it has
local known = read_entry(ARGV[1])
if not known or known.version > 0 then return { 'settled' } end
if known.attempt ~= '' then return { 'gathering', known.attempt } end
local sent, untilMs = string.match(redis.call('HGET', KEYS[6], ARGV[1]) or '0:0', '^(%d+):(%d+)$')
sent = tonumber(sent)
if tonumber(ARGV[2]) < tonumber(untilMs) then return { 'waiting' } end
if sent >= tonumber(ARGV[4]) then return { 'stuck' } end
redis.call('HSET', KEYS[6], ARGV[1], string.format('%d:%.0f', sent + 1, tonumber(ARGV[2]) + tonumber(ARGV[3]) * 2 ^ (sent + 1)))
return { 'again', known.document, known.units, known.elsewhere }
