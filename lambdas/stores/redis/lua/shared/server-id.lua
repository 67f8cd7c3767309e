-- Shared: which server has the lane now. Its replication id is a new one after each failover (Redis documentation,
-- "Replication ID explained"). One that does not tell it always has the same name: then no failover is noticed.
local function server_id() return string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)') or 'unknown' end
