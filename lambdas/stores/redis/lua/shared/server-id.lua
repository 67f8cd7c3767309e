-- Shared: which server has the lane now. Its replication id is a new one after each failover (Redis documentation,
-- "Replication ID explained").
local function server_id() return string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)') end
