-- Which server has the lane now: another name after a failover. Writes nothing.
-- KEYS  1 meta
-- RETURNS
--   incarnation, id   40 hex digits, or `unknown`
return { 'incarnation', server_id() }
