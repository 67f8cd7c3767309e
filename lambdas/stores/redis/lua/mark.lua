-- Rule 3: units that the ledger says are claimed, each by its order. A gate being rebuilt takes them too.
-- KEYS  1 meta  2 ent  3 pend  4 due  5 cust  then bits, own of each sku
-- ARGV  1 number of skus n  then n skus, then how many of the claims are of units of this lane, then for each claim, those first:
--       sku, unit, orderId, twice its version, customerId ('' = unknown, house, or known in another lane), when its hold ends
--       (epoch ms, '' = unknown or never). The others are noted at their orders, whose home lane this is
-- RETURNS
--   none      there is no gate
--   marked    each claim that is not older than what is known
if not is_gate() then return { 'none' } end
local count = tonumber(ARGV[1])
local stocks = stocks_of(2, count)
for _, claim in ipairs(parse_claims(2 + count)) do mark_unit(stocks, claim) end
save_counts(stocks)
return { 'marked' }
