-- Rule 2: takes in the image of an order from the ledger, newer versions only. A gate being rebuilt takes it too.
-- KEYS  1 meta  2 ent  3 pend  4 due  5 cust  then bits, own of each sku
-- ARGV  1 orderId  2 twice the version  3 live: 1 or 0  4 fingerprint  5 customerId ('' = house)
--       6 units listed  7 when the hold ends (epoch ms, '' = never)  8 document (the order)
--       9 units that count for the customer while it lives  10 units in other lanes  11 number of skus n  then n skus
-- RETURNS
--   none             there is no gate
--   stale            this version or a newer one is known
--   more-skus, …     nothing done: come again with the keys of these skus too
--   applied, elsewhere   the units in other lanes that it had before
if not is_gate() then return { 'none' } end
return apply_image(stocks_of(12, tonumber(ARGV[11])), ARGV[1], image_of_arguments())
