import { limits } from '../../lambdas/contracts/limits.ts';

/** AWS: the largest item of DynamoDB, and the largest answer of a function to a load balancer. */
const itemBytesMax = 400 * 1024;
const answerBytesMax = 1024 * 1024;
/** A label in UTF-8 takes three bytes a UTF-16 unit at most, one more where it is an entry of a list. */
const storedLabelBytes = (l: Limits): number => 3 * l.seatLabelChars + 1;
/** A seat in an answer: JSON within JSON makes four bytes of a quotation mark, and 32 of what is around the label. */
const listedSeatBytes = (l: Limits): number => 4 * l.seatLabelChars + 32;

/** The bounds, with values that a test may change. */
export type Limits = Record<keyof typeof limits, number>;

interface Relation {
  /** Left side: its name, and its value. */
  readonly got: readonly [string, (limits: Limits) => number];
  readonly must: '<' | '≤' | '≥';
  /** Right side. */
  readonly than: readonly [string, (limits: Limits) => number];
  /** Why, and what to change. */
  readonly fix: string;
}

const holds = { '<': (a: number, b: number) => a < b, '≤': (a: number, b: number) => a <= b, '≥': (a: number, b: number) => a >= b };

/** AWS: a message must stay invisible six times as long as its consumer may run. */
export const visibilityTimeouts = 6;
/** Seconds without a byte after which the load balancer gives up: the slowest function answers before. */
export const entranceIdleSeconds = (limits: Limits): number => Math.max(limits.httpTimeoutSeconds, limits.adminTimeoutSeconds) + 5;
/** Seconds a message of the orders queue stays invisible once received. */
export const ordersVisibilitySeconds = (limits: Limits): number => visibilityTimeouts * limits.commitTimeoutSeconds;

/** How long a withdrawal may take where each step takes as long as it may. */
const withdrawalMs = (l: Limits): number =>
  Math.ceil(l.withdrawalUnits / l.transactionUnits) * (2 * l.gateCallMs + l.queueAttempts * l.queueRequestMs) + l.withdrawalWaitMs;

const relations: readonly Relation[] = [
  {
    got: ['transactionUnits', (l) => l.transactionUnits],
    must: '≥',
    than: ['orderUnits', (l) => l.orderUnits],
    fix: 'An order is one transaction: lower orderUnits.',
  },
  {
    got: ['transactionUnits + order + allowance', (l) => l.transactionUnits + 2],
    must: '≤',
    than: ['100 actions of a transaction (AWS)', () => 100],
    fix: 'Lower transactionUnits.',
  },
  {
    got: ['orderLines', (l) => l.orderLines],
    must: '≤',
    than: ['orderUnits', (l) => l.orderUnits],
    fix: 'Each line has at least one unit: lower orderLines.',
  },
  {
    got: ['2 × gateCallMs + queueAttempts × queueRequestMs', (l) => 2 * l.gateCallMs + l.queueAttempts * l.queueRequestMs],
    must: '<',
    than: ['takeMs', (l) => l.takeMs],
    fix: 'What is not sent by takeMs is given up (rule 10), after a slow peek and reserve too: lower queueRequestMs or queueAttempts.',
  },
  {
    got: ['gateCallMs + ledgerRequestMs', (l) => l.gateCallMs + l.ledgerRequestMs],
    must: '≤',
    than: ['takeMs', (l) => l.takeMs],
    fix: 'A late payment’s transaction is begun only where one try of it ends by takeMs after its retake (rules 10, 22): lower ledgerRequestMs.',
  },
  {
    got: ['paymentMinorMax', (l) => l.paymentMinorMax],
    must: '≥',
    than: ['orderUnits × unitPriceMinorMax', (l) => l.orderUnits * l.unitPriceMinorMax],
    fix: 'The dearest order must be payable: raise paymentMinorMax.',
  },
  {
    got: ['gateCallMs + takeMs', (l) => l.gateCallMs + l.takeMs],
    must: '<',
    than: ['httpTimeoutSeconds', (l) => l.httpTimeoutSeconds * 1000],
    fix: 'An order must be answered before its function is stopped: raise httpTimeoutSeconds.',
  },
  {
    got: [
      'secretAttempts × (secretConnectMs + secretRequestMs) + gateCallMs',
      (l) => l.secretAttempts * (l.secretConnectMs + l.secretRequestMs) + l.gateCallMs,
    ],
    must: '<',
    than: ['httpTimeoutSeconds', (l) => l.httpTimeoutSeconds * 1000],
    fix: 'A function that cannot be made ready must say so before it is stopped: lower secretRequestMs or secretAttempts.',
  },
  {
    got: ['preferWaitSeconds + gateCallMs', (l) => l.preferWaitSeconds * 1000 + l.gateCallMs],
    must: '<',
    than: ['httpTimeoutSeconds', (l) => l.httpTimeoutSeconds * 1000],
    fix: 'A waiting read must be answered before its function is stopped: lower preferWaitSeconds.',
  },
  {
    got: ['saleCacheMs', (l) => l.saleCacheMs],
    must: '<',
    than: ['1 s in which a change of a sale takes effect (api.md)', () => 1000],
    fix: 'Lower saleCacheMs.',
  },
  {
    got: ['availabilityCacheMs + readMaxAgeSeconds', (l) => l.availabilityCacheMs + l.readMaxAgeSeconds * 1000],
    must: '≤',
    than: ['2 s that availability may be old (api.md)', () => 2000],
    fix: 'Lower availabilityCacheMs.',
  },
  {
    got: ['openingGuardMs', (l) => l.openingGuardMs],
    must: '≥',
    than: ['gateBulkCallMs + saleCacheMs + holdGraceMs ÷ 2', (l) => l.gateBulkCallMs + l.saleCacheMs + l.holdGraceMs / 2],
    fix: 'A put must have emptied the gate before anybody takes the sale for open: raise openingGuardMs.',
  },
  {
    got: ['holdGraceMs', (l) => l.holdGraceMs],
    must: '<',
    than: ['holdSecondsMin', (l) => l.holdSecondsMin * 1000],
    fix: 'The grace is for clocks, not for customers: lower holdGraceMs.',
  },
  {
    got: ['ledgerRequestMs', (l) => l.ledgerRequestMs],
    must: '≥',
    than: ['1 s for a transaction (AWS)', () => 1000],
    fix: 'Raise ledgerRequestMs.',
  },
  {
    got: ['ledgerOperationMs + ledgerBackoffMaxMs', (l) => l.ledgerOperationMs + l.ledgerBackoffMaxMs],
    must: '<',
    than: ['commitTimeoutSeconds', (l) => l.commitTimeoutSeconds * 1000],
    fix: 'One order’s transaction must end before the worker is stopped: lower ledgerOperationMs.',
  },
  {
    got: ['ledgerOperationMs', (l) => l.ledgerOperationMs],
    must: '≥',
    than: ['ledgerRequestAttempts × ledgerRequestMs', (l) => l.ledgerRequestAttempts * l.ledgerRequestMs],
    fix: 'A request must have its tries before its operation is given up: raise ledgerOperationMs.',
  },
  {
    got: ['ledgerRequestAttempts × ledgerRequestMs', (l) => l.ledgerRequestAttempts * l.ledgerRequestMs],
    must: '<',
    than: ['httpTimeoutSeconds', (l) => l.httpTimeoutSeconds * 1000],
    fix: 'A request must fail before its function is stopped: lower ledgerRequestAttempts.',
  },
  {
    got: ['ledgerOperationMs + ledgerBackoffMaxMs', (l) => l.ledgerOperationMs + l.ledgerBackoffMaxMs],
    must: '<',
    than: ['retakeProtectMs', (l) => l.retakeProtectMs],
    fix: 'A retake’s transaction must have ended before its units may be freed (rule 6): raise retakeProtectMs.',
  },
  {
    got: ['batchGetItems', (l) => l.batchGetItems],
    must: '≤',
    than: ['100 keys of a BatchGetItem (AWS)', () => 100],
    fix: 'Lower batchGetItems.',
  },
  {
    got: ['claimShardsAtOnce', (l) => l.claimShardsAtOnce],
    must: '≤',
    than: ['claimShards', (l) => l.claimShards],
    fix: 'There are no more: lower claimShardsAtOnce.',
  },
  {
    got: ['orderShardsAtOnce', (l) => l.orderShardsAtOnce],
    must: '≤',
    than: ['orderIndexShards', (l) => l.orderIndexShards],
    fix: 'There are no more: lower orderShardsAtOnce.',
  },
  {
    got: ['3 × reconcileMs + gateBulkCallMs + gateCallMs', (l) => 3 * l.reconcileMs + l.gateBulkCallMs + l.gateCallMs],
    must: '<',
    than: ['commitTimeoutSeconds', (l) => l.commitTimeoutSeconds * 1000],
    fix: 'A comparison must give up before its worker is stopped: lower reconcileMs.',
  },
  {
    got: ['batchGetItems', (l) => l.batchGetItems],
    must: '≤',
    than: ['gateBulkUnits', (l) => l.gateBulkUnits],
    fix: 'The audit asks ledger and gate for the same customers: raise gateBulkUnits.',
  },
  {
    got: ['redisReconnectBaseMs', (l) => l.redisReconnectBaseMs],
    must: '≤',
    than: ['redisReconnectMaxMs', (l) => l.redisReconnectMaxMs],
    fix: 'The first wait is the shortest: lower redisReconnectBaseMs.',
  },
  {
    got: ['withdrawalUnits as orders × (2 gate calls + a send) + withdrawalWaitMs', withdrawalMs],
    must: '<',
    than: ['adminTimeoutSeconds', (l) => l.adminTimeoutSeconds * 1000],
    fix: 'A withdrawal must be answered before its function is stopped: lower withdrawalUnits.',
  },
  {
    got: ['waitPollMs', (l) => l.waitPollMs],
    must: '<',
    than: ['withdrawalWaitMs', (l) => l.withdrawalWaitMs],
    fix: 'A withdrawal must look again before it gives up waiting: raise withdrawalWaitMs.',
  },
  {
    got: ['redisReconnectMaxMs', (l) => l.redisReconnectMaxMs],
    must: '≤',
    than: ['gateCallMs', (l) => l.gateCallMs],
    fix: 'The next call must find a Redis that has come back: lower redisReconnectMaxMs.',
  },
  {
    got: ['takeMs + takeMarginMs + rebuildDrainMs', (l) => l.takeMs + l.takeMarginMs + l.rebuildDrainMs],
    must: '<',
    than: ['adminTimeoutSeconds', (l) => l.adminTimeoutSeconds * 1000],
    fix: 'A rebuild must be able to give up by itself: lower rebuildDrainMs.',
  },
  {
    got: ['rebuildDrainLooks × rebuildDrainPollMs', (l) => l.rebuildDrainLooks * l.rebuildDrainPollMs],
    must: '<',
    than: ['rebuildDrainMs', (l) => l.rebuildDrainMs],
    fix: 'Raise rebuildDrainMs.',
  },
  {
    got: ['gateBulkCallMs', (l) => l.gateBulkCallMs],
    must: '<',
    than: ['rebuildLockMs', (l) => l.rebuildLockMs],
    fix: 'The lock must outlast the chunk that renews it: raise rebuildLockMs.',
  },
  {
    got: ['takeMs', (l) => l.takeMs],
    must: '<',
    than: ['pendingResendMs', (l) => l.pendingResendMs],
    fix: 'The sweeper must not send what its request is still sending: raise pendingResendMs.',
  },
  {
    got: ['commitBatchMessages', (l) => l.commitBatchMessages],
    must: '≤',
    than: ['10 messages of a batch without a window (AWS)', () => 10],
    fix: 'Lower commitBatchMessages.',
  },
  {
    got: ['commitParallelOrders', (l) => l.commitParallelOrders],
    must: '≤',
    than: ['commitBatchMessages', (l) => l.commitBatchMessages],
    fix: 'There are never more orders in a worker: lower commitParallelOrders.',
  },
  {
    got: ['commitMaxConcurrency', (l) => l.commitMaxConcurrency],
    must: '≥',
    than: ['2 (AWS)', () => 2],
    fix: 'Raise commitMaxConcurrency.',
  },
  {
    got: ['commitMaxConcurrency', (l) => l.commitMaxConcurrency],
    must: '≤',
    than: ['1,000 (AWS)', () => 1000],
    fix: 'Lower commitMaxConcurrency.',
  },
  {
    got: ['orders queue visibility', ordersVisibilitySeconds],
    must: '≤',
    than: ['12 h (AWS)', () => 43_200],
    fix: 'Lower commitTimeoutSeconds.',
  },
  {
    got: ['commitMaxReceives × orders queue visibility', (l) => l.commitMaxReceives * ordersVisibilitySeconds(l)],
    must: '<',
    than: ['ordersRetentionDays', (l) => l.ordersRetentionDays * 86_400],
    fix: 'A message must reach the dead-letter queue before it is deleted: lower commitMaxReceives.',
  },
  {
    got: ['retryMaxSeconds', (l) => l.retryMaxSeconds],
    must: '≤',
    than: ['orders queue visibility', ordersVisibilitySeconds],
    fix: 'A failed message must not wait longer than one whose worker died: lower retryMaxSeconds.',
  },
  {
    got: ['ordersRetentionDays', (l) => l.ordersRetentionDays],
    must: '<',
    than: ['deadLetterRetentionDays', (l) => l.deadLetterRetentionDays],
    fix: 'A dead letter’s age counts from its first send: raise deadLetterRetentionDays.',
  },
  {
    got: ['deadLetterRetentionDays', (l) => l.deadLetterRetentionDays],
    must: '≤',
    than: ['14 d (AWS)', () => 14],
    fix: 'Lower deadLetterRetentionDays.',
  },
  {
    got: ['parkSeconds', (l) => l.parkSeconds],
    must: '≤',
    than: ['900 s of delay (AWS)', () => 900],
    fix: 'Lower parkSeconds.',
  },
  {
    got: ['sweepPasses × sweepPassMs', (l) => l.sweepPasses * l.sweepPassMs],
    must: '≤',
    than: ['60 s from one run to the next (AWS: the shortest rate)', () => 60_000],
    fix: 'Passes of two runs would overlap: lower sweepPasses.',
  },
  {
    got: ['resendSliceMs + doubtfulSliceMs + sweepSliceMs', (l) => l.resendSliceMs + l.doubtfulSliceMs + l.sweepSliceMs],
    must: '≤',
    than: ['sweepPassMs', (l) => l.sweepPassMs],
    fix: 'A pass over one sale must leave the next pass its time: lower resendSliceMs, doubtfulSliceMs or sweepSliceMs.',
  },
  {
    got: [
      'sweepPasses × sweepPassMs + takeMs + takeMarginMs + rebuildDrainMs',
      (l) => l.sweepPasses * l.sweepPassMs + l.takeMs + l.takeMarginMs + l.rebuildDrainMs,
    ],
    must: '<',
    than: ['sweepTimeoutSeconds', (l) => l.sweepTimeoutSeconds * 1000],
    fix: 'A rebuild that the last pass begins must be able to give up by itself: raise sweepTimeoutSeconds.',
  },
  {
    got: ['expiryHops × queueDelaySeconds', (l) => l.expiryHops * l.queueDelaySeconds],
    must: '≥',
    than: ['holdSecondsMax', (l) => l.holdSecondsMax],
    fix: 'The message of the longest hold must come to its end: raise expiryHops.',
  },
  {
    got: ['queueDelaySeconds', (l) => l.queueDelaySeconds],
    must: '≤',
    than: ['900 s of delay (AWS)', () => 900],
    fix: 'Lower queueDelaySeconds.',
  },
  {
    got: ['gateDropWithinMs', (l) => l.gateDropWithinMs],
    must: '≥',
    than: ['holdSecondsMax', (l) => l.holdSecondsMax * 1000],
    fix: 'A hold taken in the last moment ends so long after its sale: raise gateDropWithinMs.',
  },
  {
    got: [
      'changesBatchRecords ÷ imagesAtOnce × 5 × gateCallMs (the cut and the home lane, twice, then the other lanes) + 2 × ledgerOperationMs',
      (l) => Math.ceil(l.changesBatchRecords / l.imagesAtOnce) * 5 * l.gateCallMs + 2 * l.ledgerOperationMs,
    ],
    must: '<',
    than: ['changesTimeoutSeconds', (l) => l.changesTimeoutSeconds * 1000],
    fix: 'A batch must be counted and told of to a slow gate before its function is stopped, or it comes again for ever: raise imagesAtOnce.',
  },
  {
    got: ['metadataBytes', (l) => l.metadataBytes],
    must: '<',
    than: ['bodyBytes', (l) => l.bodyBytes],
    fix: 'Lower metadataBytes.',
  },
  {
    got: ['seatsPerChunk × bytes of a label', (l) => l.seatsPerChunk * storedLabelBytes(l)],
    must: '<',
    than: ['400 KB of an item, its key included (AWS)', () => itemBytesMax - 1024],
    fix: 'Lower seatsPerChunk.',
  },
  {
    got: ['capacityUnits ÷ seatsPerChunk', (l) => l.capacityUnits / l.seatsPerChunk],
    must: '≤',
    than: ['100,000 chunks that five digits can number (stores/dynamodb/keys.ts)', () => 100_000],
    fix: 'Raise seatsPerChunk.',
  },
  {
    got: ['seatsPerPut', (l) => l.seatsPerPut],
    must: '≤',
    than: ['seatCacheLabels', (l) => l.seatCacheLabels],
    fix: 'A map that the near cache cannot hold is read for each order: raise seatCacheLabels.',
  },
  {
    got: ['seatPageMax × bytes of a seat', (l) => l.seatPageMax * listedSeatBytes(l)],
    must: '<',
    than: ['1 MB of an answer, its head included (AWS)', () => answerBytesMax - 4096],
    fix: 'Lower seatPageMax.',
  },
  {
    got: ['seatPageDefault', (l) => l.seatPageDefault],
    must: '≤',
    than: ['seatPageMax', (l) => l.seatPageMax],
    fix: 'Lower seatPageDefault.',
  },
  {
    got: ['waitersPerCustomer', (l) => l.waitersPerCustomer],
    must: '<',
    than: ['waitersPerSale', (l) => l.waitersPerSale],
    fix: 'One customer could take every place to wait: lower waitersPerCustomer.',
  },
  {
    got: ['pageItemsDefault', (l) => l.pageItemsDefault],
    must: '≤',
    than: ['pageItemsMax', (l) => l.pageItemsMax],
    fix: 'Lower pageItemsDefault.',
  },
];

/** What is wrong between bounds: one sentence each with what it got, what is expected and what to change; empty when all is well. */
export function brokenRelations(bounds: Limits): string[] {
  return relations
    .filter(({ got, must, than }) => !holds[must](got[1](bounds), than[1](bounds)))
    .map(({ got, must, than, fix }) => `${got[0]}: got ${got[1](bounds)}, expected ${must} ${than[1](bounds)} (${than[0]}). ${fix}`);
}

/**
 * Stops the synthesis when bounds contradict one another.
 * @throws Error listing every relation that does not hold.
 */
export function assertLimits(bounds: Limits = limits): void {
  const broken = brokenRelations(bounds);
  if (broken.length > 0) throw new Error(`Bounds in lambdas/contracts/limits.ts contradict one another:\n  ${broken.join('\n  ')}`);
}
