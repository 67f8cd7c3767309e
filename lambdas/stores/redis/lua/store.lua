-- The end of a gathering, in the order's home lane: the order has what was set aside for it, once, and only in the attempt that
-- stands here. From now on it may be sent.
-- KEYS  1 meta  2 ent  3 pend  4 due  5 cust
-- ARGV  1 orderId  2 attempt  3 units that other lanes gave
-- RETURNS
--   busy         no gate, or being rebuilt
--   gone         the order is not known, or gathers in another attempt
--   committed    the ledger has said what became of it
--   known, document, units, elsewhere   another call was first: what the order has
--   stored
if redis.call('HGET', META, 'st') ~= 'ready' then return { 'busy' } end
local entry = read_entry(ARGV[1])
if not entry then return { 'gone' } end
if entry.version > 0 then return { 'committed' } end
if entry.attempt == '' then return { 'known', entry.document, entry.units, entry.elsewhere } end
if entry.attempt ~= ARGV[2] then return { 'gone' } end
entry.attempt, entry.elsewhere = '', ARGV[3]
write_entry(ARGV[1], entry)
return { 'stored' }
