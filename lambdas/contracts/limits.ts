/**
 * Every bound of the system: its unit is in its name, its reason beside it. Relations between bounds are
 * asserted at synth (lib/config/assert-limits.ts).
 */
export const limits = {
  /** HTTP contract (api.md). A body over this is 413; the ALB itself stops at 1 MB. */
  bodyBytes: 64 * 1024,
  orderLines: 20,
  orderUnits: 50,
  capacityUnits: 10_000_000,
  itemsPerSale: 100,
  /** Slices of a sale's stock, each with a gate of its own: each adds a call to an order that is gathered, and to each comparison. */
  lanesPerSale: 16,
  nameChars: 200,
  /** Seats of one item in a PUT; larger maps are for an import. */
  seatsPerPut: 2000,
  /** A seat's label in UTF-16 units; at most three bytes each in UTF-8. */
  seatLabelChars: 40,
  /** Labels of one stored chunk: 121 KB at the longest, where an item of DynamoDB may have 400. */
  seatsPerChunk: 1000,
  referenceChars: 100,
  metadataPairs: 20,
  metadataKeyChars: 40,
  metadataValueChars: 500,
  metadataBytes: 4096,
  customerIdChars: 128,
  idempotencyKeyChars: 255,
  requestIdChars: 128,
  /** Errors of one 400 answer listed: enough to mend a body by, and no answer grows with a hostile one. */
  validationErrors: 50,
  holdSecondsMin: 30,
  holdSecondsMax: 86_400,
  unitPriceMinorMax: 1_000_000_000,
  /** Waiting room of a sale: bounds of what may be put, and what holds where nothing is said. Kept, not yet acted upon. */
  admitPerSecondMax: 100_000,
  admitPerSecondDefault: 50,
  maxActiveMax: 10_000_000,
  maxActiveDefault: 10_000,
  admissionSecondsMin: 30,
  admissionSecondsMax: 86_400,
  admissionSecondsDefault: 600,
  pageItemsDefault: 25,
  pageItemsMax: 100,
  /** A page of seats: with the longest labels 0.96 MB, where the load balancer takes 1 MB from a function. */
  seatPageDefault: 1000,
  seatPageMax: 5000,
  /** `Prefer: wait=N`; also the age of the oldest pending order up to which waiting makes sense. */
  preferWaitSeconds: 5,
  /** Requests of one sale that may wait at once: each holds a Lambda environment while it waits. */
  waitersPerSale: 50,
  /** Of them, those that wait for orders of one customer: a page, and another beside it. */
  waitersPerCustomer: 2,
  /** How often a waiting request looks at the gate. */
  waitPollMs: 100,

  /** One TransactWriteItems takes 100 actions: 98 claims at most beside the order and the allowance. We keep one spare. */
  transactionUnits: 97,
  /** Claims of a sku are spread over this many partitions, so no partition is hot (design.md). Never changed once in use. */
  claimShards: 64,
  /** Shards of the index that lists a sale's orders: the 32 values of one Crockford character of the order id. */
  orderIndexShards: 32,
  /** Attempts of one ledger transaction on conflict or throttle, with full jitter between them. */
  ledgerAttempts: 6,
  ledgerBackoffBaseMs: 10,
  ledgerBackoffMaxMs: 400,
  /**
   * One ledger operation in all: its attempts, and within them the SDK's tries and waits, end or are given up by then. Long
   * enough for every try of one request, and less than half of a worker's time.
   */
  ledgerOperationMs: 12_000,
  /** AWS: at least 1 s for transactions, and room to retry after 5 s (stuck transactions are recovered inline). */
  ledgerRequestMs: 3000,
  ledgerConnectMs: 1000,
  /** Tries of one DynamoDB request by the SDK (timeout, network, throttle): 3 × ledgerRequestMs stays inside a request's timeout. */
  ledgerRequestAttempts: 3,
  /** Connections of one function environment to DynamoDB; a request more waits in the process. */
  ledgerSockets: 64,
  /** Claim shards, and index shards, read at once by one listing. */
  claimShardsAtOnce: 8,
  orderShardsAtOnce: 4,
  /** AWS: keys of one BatchGetItem. */
  batchGetItems: 100,
  /** Overdue orders of one customer looked for at a refusal, and pages of 1 MB read for them. */
  overdueOrders: 100,
  overdueOrderPages: 4,
  /** Keys of one query of an index shard: as many as one read unit pays for (4 KB of some 57 bytes). */
  orderIndexPageKeys: 70,
  /** Orders that one page of a filtered list looks at, at most. */
  listedOrdersRead: 1000,
  /** Pages of 1 MB of one customer's orders that their own list reads: some 40,000 orders. */
  ownOrderPages: 16,
  /** Sales that may share a tag (2^15 tags): more are a fault, not a page. */
  salesPerTag: 100,

  /** T_take of protocol.md rule 10: what is not sent within it of the reservation is given up, a send under way too. */
  takeMs: 5000,
  /** A rebuild waits this much longer than takeMs: for clocks and messages on their way. */
  takeMarginMs: 1000,
  /** One SendMessage try and the number of tries: after a peek and a reserve as slow as they may be, both still fit into takeMs, with the SDK's wait between them. */
  queueRequestMs: 1200,
  queueAttempts: 2,
  queueConnectMs: 500,
  /** Connections of one function environment to SQS. */
  queueSockets: 64,

  /** A secret is read at cold start, by the first request: 3 × (1.5 s + 0.5 s) leave it time to be answered. Secrets Manager answers in tens of ms. */
  secretRequestMs: 1500,
  secretConnectMs: 500,
  secretAttempts: 3,

  /** A secret that people change is read again after this: a new one is in use within 5 minutes, for 12 reads an hour and environment. */
  secretRenewMs: 300_000,
  /** A message of Stripe signed longer ago is refused: what Stripe's libraries hold to. Its retries are signed anew. */
  stripeToleranceSeconds: 300,

  /** Deadline of one gate call, redirects and reconnects included; passed → 503. */
  gateCallMs: 1000,
  /** Bulk gate calls: a rebuild's load, an audit's page. */
  gateBulkCallMs: 5000,
  /** Units whose claims and owners a reconcile holds in memory at once. */
  reconcileUnits: 100_000,
  /**
   * One comparison of a sku's units by a commit worker gives up after this, and its messages come back. An order may
   * have compared other skus as long, then waits for the comparison under way and for its own: three of them.
   */
  reconcileMs: 7000,
  /** A sku is compared after a collision by one worker in so long; after that the sweeper's next pass comes (sweepPassMs). */
  comparisonEveryMs: 10_000,
  /** Skus of which an environment remembers how far it has compared them: some 200 bytes each. */
  comparedSkus: 1000,
  /** Batches of orders that a comparison reads at once for the units nobody claims. */
  reconcileBatchesAtOnce: 4,
  /** Units read in one page of the gate's owners, and claims marked at once. */
  gateBulkUnits: 2000,
  /**
   * A redraw begins within this many units of the lowest clear one: far more than a failover can lose, and it bounds
   * how far the owners' string grows at once to 1.7 MB of zeros.
   */
  drawSpreadUnits: 65_536,
  /** Calls of one gate script that learns on the way which skus its order had (a key used twice around a failover). */
  gateSkuAttempts: 3,
  /** Times an order of a sale with several lanes is taken up from the start because another call or the sweep came between. */
  gatherAttempts: 3,
  /** Sales whose number of lanes an environment remembers: some 100 bytes each, more with several lanes. */
  gateSales: 1000,
  /** Orders of which a page of those is asked for that a failover made doubtful: some 1 ms of Redis. */
  doubtfulOrders: 1000,
  /** Pending orders asked for in one page of a listing; Redis may give somewhat more. */
  pendingOrders: 1000,
  /** Wait before a connection to Redis is tried again: the base, doubled up to the maximum, half of it at random: a crowd does not return in step. */
  redisReconnectBaseMs: 50,
  redisReconnectMaxMs: 1000,
  /** A connection to Redis that is let go is dropped when the server has not closed it by then. */
  redisDisconnectMs: 200,
  /** TTL of the rebuild lock; renewed by each chunk. */
  rebuildLockMs: 10_000,
  /** Claims of one rebuild chunk: nobody else is served while it is loaded, some 5 ms at 11 µs a claim. */
  rebuildChunkClaims: 500,
  /** Chunks on their way to the gate at once: one is made while another is loaded. */
  rebuildChunksAtOnce: 2,
  /**
   * A rebuild waits this long for the orders queue to drain, then gives up with an alarm (RebuildGivenUp). The admin
   * function has a minute, claims to be loaded included, and the call may be repeated (adr/0005).
   */
  rebuildDrainMs: 45_000,
  rebuildDrainPollMs: 1000,
  /** Looks at an empty queue in a row that count as drained: SQS counts are approximate. */
  rebuildDrainLooks: 3,

  /** Never expire a hold early by any clock: grace for clocks that differ, twice the greatest skew (rule 18). */
  holdGraceMs: 2000,
  /** A late payment's retake younger than this is not freed by a reconcile (rule 6). */
  retakeProtectMs: 30_000,
  /**
   * Payments that one order keeps as to be paid back: 10 of the longest (some 340 bytes) are 3.4 KB of the item and of the gate's
   * document. What comes beyond is not recorded, and raises the alarm PaymentsUnrecorded: somebody must look at that order.
   */
  orderRefunds: 10,
  paymentProviderChars: 40,
  /** The dearest order there can be: orderUnits × unitPriceMinorMax. */
  paymentMinorMax: 50_000_000_000,
  /** Stripe says of its ids that they are at most 255 characters long. */
  paymentIdChars: 255,
  /** Units that one call may withdraw: 10 orders of the house, so that the call ends in time also where each step is slow. */
  withdrawalUnits: 970,
  /** A withdrawal waits this long for its orders to be committed, then answers 202. */
  withdrawalWaitMs: 5000,
  /** Reads, each with a conditional write, of one change of an order before it gives up with 503. */
  orderChangeAttempts: 5,
  /** A pending order is sent again by the sweeper when older than this (rule 27). */
  pendingResendMs: 60_000,
  /** Times that the sweeper sends a pending order again, each wait twice the last; then people must look (StuckOrders). */
  pendingResends: 3,
  /** Nothing is sent again while more messages than this are to be received: then the queue is slow, and has them all. */
  resendQueueMessages: 100,
  /** Pending orders that one pass sends again, and overdue holds that it looks at, for one sale. */
  resendsPerPass: 500,
  overdueHolds: 1000,
  /**
   * A pass begins no further batch of a sale's pending orders after this: at 1 ms for each of sweptOrdersAtOnce it has looked at
   * 25,000 of them then. Those behind as many stuck ones wait until people have mended what StuckOrders told them of.
   */
  resendSliceMs: 2500,
  /** A pass begins no further page of the orders that a failover made doubtful after this, and goes on there the next time. */
  doubtfulSliceMs: 2500,
  /** Orders that a pass expires, sends again, or tells the gate of, at once. */
  sweptOrdersAtOnce: 10,
  /** Images that the consumer of changes tells the gate of at once: a full batch ends in time also where each call takes as long as it may. */
  imagesAtOnce: 150,
  /** Passes of one run of the sweeper, and from the start of one to that of the next: a run a minute (AWS: the shortest rate of a schedule). */
  sweepPasses: 5,
  sweepPassMs: 10_000,
  /** A pass begins no further slice of units after this, and goes on there the next time. */
  sweepSliceMs: 5000,
  /** A run may last so long: its passes, and a rebuild that the last of them begins. */
  sweepTimeoutSeconds: 120,
  /** A sale is swept from so long before it opens: its gate should be there by then. */
  sweepAheadMs: 120_000,
  /**
   * Pages of the catalog, of pageItemsMax sales, that a pass reads: 10,000 sales ever put, some 600 RRU. Those behind them are not
   * swept, and the run says so and fails (SweepsFail).
   */
  sweptCatalogPages: 100,
  /** Faults of a pass over a sale that are told: enough to see of which kinds they are. */
  sweptFaults: 10,
  /** Sales swept at once. */
  sweptSalesAtOnce: 4,
  /** A gate is dropped when its sale has been closed for this long. */
  gateDropMs: 86_400_000,
  /** … and looked at for so much longer: its last holds may end a day after it closed. */
  gateDropWithinMs: 90_000_000,
  /** SQS delays a message at most so long. */
  queueDelaySeconds: 900,
  /** A message about a hold is sent on at most so often: a day of holds is 96. Then the gate's own list has it. */
  expiryHops: 110,
  /** Redraws of one delivery before the message goes back to the queue. */
  redrawsPerDelivery: 8,
  /** A parked message (gate not ready) comes back after this, or after half the age of its order: at most queueDelaySeconds. */
  parkSeconds: 5,
  /** An order accepted longer ago is not put off any more: its message fails, and goes to the dead letters, where people see it. */
  parkMaxMs: 86_400_000,

  /**
   * A sale counts as opened this long before its time, so that a put never empties a gate that sells: the call that
   * empties it may take gateBulkCallMs, near caches show the times before the last change for saleCacheMs, and clocks
   * differ by half of holdGraceMs.
   */
  openingGuardMs: 7000,
  /** Writes of one sale that meet another writer's: operators are few, so five in a row are no accident. */
  saleWriteAttempts: 5,
  /** Pages of the catalog read for one list when its filter leaves little of each, one after the other: the answer must not take long. */
  saleListPages: 10,
  /** Near cache of sales: a change takes effect within 1 s (api.md), the read that refreshes it included. */
  saleCacheMs: 700,
  saleCacheEntries: 1000,
  /** Which sales have a tag: never changes for a sale, so this only bounds how long a new sale with the same tag is missed. */
  saleTagCacheMs: 30_000,
  /** Labels in the near cache of seat maps, over all maps: 182 bytes of heap each with short labels, 404 with the longest, so 18 to 40 MB. No TTL: a map never changes. */
  seatCacheLabels: 100_000,
  /** Near cache of sold-out answers. */
  soldOutCacheMs: 1000,
  soldOutCacheEntries: 1000,
  /** Near cache of availability answers (at most 2 s old in all). */
  availabilityCacheMs: 1000,
  /** After a first look the audit waits this long and keeps only the findings that are still there. */
  auditRecheckMs: 2500,
  /** Findings listed; the rest is counted. */
  auditFindings: 100,
  /** Findings kept of one look: with more, the sale is broken in a way that no list helps. */
  auditFindingsHeld: 10_000,
  /** Parts of the stock that the audit compares as wholes: 12 bytes each. */
  auditParts: 65_536,
  /** Units of a sku whose claims and owners in the gate it compares at a time. */
  auditRangeUnits: 20_000,
  /** Units (some 200 bytes each) that it looks at one by one where parts differ, and customers (100 bytes) whose orders it adds up at a time. */
  auditSuspectUnits: 100_000,
  auditCustomers: 400_000,
  /** An accepted order that is not in the ledger after this is a finding of the audit. */
  auditPendingMs: 60_000,

  /** Causes of an error that are logged, one inside the other: ours are two or three deep, and a circle must end. */
  loggedCauses: 5,

  /** Consumer of the orders table's stream (lib/): changes a batch (some 2 KB each, of 6 MB), and seconds for one. */
  changesBatchRecords: 1000,
  changesTimeoutSeconds: 60,
  /** The longest tumbling window: we use nothing of it but that its events name their shard (domain/books/count-changes.ts). */
  changesWindowSeconds: 900,
  /** Writes of one counter: only another run of the same batch, after a time-out, can be in its way. */
  counterAttempts: 4,

  /** Retry-After of a 503: a dependency away for a moment · a gate that is lost or nearly made · one that another call makes again, for takeMs at least. */
  retryAfterSeconds: 1,
  gateRetryAfterSeconds: 2,
  rebuildRetryAfterSeconds: 5,
  /** Retry-After of a fault we did not foresee: it will hardly be gone in a second. */
  faultRetryAfterSeconds: 5,
  /** Cache-Control of what a sale shows: the client's share of the 2 s that availability may be old (api.md). */
  readMaxAgeSeconds: 1,
  /** Cache-Control of the OpenAPI document and of the pages of problems, and of a preflight: they change with a deployment only. */
  documentMaxAgeSeconds: 300,
  preflightMaxAgeSeconds: 600,

  /** The window in which guests of one address are counted; how many they may be, the stage says. */
  guestWindowSeconds: 60,
  guestTokenSeconds: 86_400,
  /** Commit worker (lib/): messages a batch, seconds to fill it, batches at once. */
  commitBatchMessages: 10,
  commitTimeoutSeconds: 30,
  commitMaxConcurrency: 50,
  /** Orders of one batch that are committed at once within a worker. */
  commitParallelOrders: 10,
  commitMaxReceives: 8,
  /** A failed message comes back after 2 s, then 6, 18, 54, 162, 180, 180: 10 minutes of an outage before the dead letters. */
  retryBaseSeconds: 2,
  retryFactor: 3,
  retryMaxSeconds: 180,
  httpTimeoutSeconds: 10,
  /** Answered by ourselves so long before the function's time is up: a 503 of the contract instead of the load balancer's 502. */
  httpEarlyMs: 300,
  adminTimeoutSeconds: 60,
  ordersRetentionDays: 4,
  deadLetterRetentionDays: 14,
} as const;
