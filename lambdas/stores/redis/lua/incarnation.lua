-- Which server has the lane now: its replication id is a new one after each failover (Redis, "Replication ID explained").
-- Writes nothing.
-- KEYS  1 meta
-- RETURNS
--   incarnation, id   40 hex digits
return { 'incarnation', string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)') }
