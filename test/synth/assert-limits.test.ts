import { describe, expect, test } from '@jest/globals';
import { limits } from '../../lambdas/contracts/limits.ts';
import { assertLimits, brokenRelations, type Limits } from '../../lib/config/assert-limits.ts';

test('the bounds agree with one another', () => {
  expect(brokenRelations(limits)).toEqual([]);
  expect(() => assertLimits()).not.toThrow();
});

/** One change that just breaks a relation, the one that just keeps it, and the sentence. */
const edges: readonly (readonly [string, Partial<Limits>, Partial<Limits>])[] = [
  ['transactionUnits: got 49, expected ≥ 50', { transactionUnits: 49, withdrawalUnits: 49 }, { transactionUnits: 50, withdrawalUnits: 50 }],
  ['transactionUnits + order + allowance: got 101, expected ≤ 100', { transactionUnits: 99 }, { transactionUnits: 98 }],
  ['orderLines: got 51, expected ≤ 50', { orderLines: 51 }, { orderLines: 50 }],
  ['2 × gateCallMs + queueAttempts × queueRequestMs: got 5000, expected < 5000', { queueRequestMs: 1500 }, { queueRequestMs: 1499 }],
  [
    'gateCallMs + ledgerRequestMs: got 5001, expected ≤ 5000',
    { ledgerRequestMs: 4001, ledgerRequestAttempts: 2 },
    { ledgerRequestMs: 4000, ledgerRequestAttempts: 2 },
  ],
  ['paymentMinorMax: got 49999999999, expected ≥ 50000000000', { paymentMinorMax: 49_999_999_999 }, { paymentMinorMax: 50_000_000_000 }],
  ['gateCallMs + takeMs: got 10000, expected < 10000', { takeMs: 9000 }, { takeMs: 8999 }],
  ['preferWaitSeconds + gateCallMs: got 10000, expected < 10000', { preferWaitSeconds: 9 }, { preferWaitSeconds: 8 }],
  [
    'secretAttempts × (secretConnectMs + secretRequestMs) + gateCallMs: got 10000, expected < 10000',
    { secretRequestMs: 2500 },
    { secretRequestMs: 2499 },
  ],
  ['saleCacheMs: got 1000, expected < 1000', { saleCacheMs: 1000 }, { saleCacheMs: 999 }],
  ['availabilityCacheMs + readMaxAgeSeconds: got 2001, expected ≤ 2000', { availabilityCacheMs: 1001 }, { availabilityCacheMs: 1000 }],
  [
    'holdGraceMs: got 30000, expected < 30000',
    { holdGraceMs: 30_000, openingGuardMs: 21_000 },
    { holdGraceMs: 29_999, openingGuardMs: 21_000 },
  ],
  ['ledgerRequestMs: got 999, expected ≥ 1000', { ledgerRequestMs: 999 }, { ledgerRequestMs: 1000 }],
  [
    'ledgerOperationMs + ledgerBackoffMaxMs: got 30000, expected < 30000',
    { ledgerOperationMs: 29_600, retakeProtectMs: 60_000, changesTimeoutSeconds: 100 },
    { ledgerOperationMs: 29_599, retakeProtectMs: 60_000, changesTimeoutSeconds: 100 },
  ],
  ['ledgerOperationMs: got 8999, expected ≥ 9000', { ledgerOperationMs: 8999 }, { ledgerOperationMs: 9000 }],
  [
    'ledgerRequestAttempts × ledgerRequestMs: got 10000, expected < 10000',
    { ledgerRequestAttempts: 4, ledgerRequestMs: 2500 },
    { ledgerRequestMs: 3333 },
  ],
  ['ledgerOperationMs + ledgerBackoffMaxMs: got 12400, expected < 12400', { retakeProtectMs: 12_400 }, { retakeProtectMs: 12_401 }],
  ['batchGetItems: got 101, expected ≤ 100', { batchGetItems: 101 }, { batchGetItems: 100 }],
  ['claimShardsAtOnce: got 65, expected ≤ 64', { claimShardsAtOnce: 65 }, { claimShardsAtOnce: 64 }],
  ['orderShardsAtOnce: got 33, expected ≤ 32', { orderShardsAtOnce: 33 }, { orderShardsAtOnce: 32 }],
  ['3 × reconcileMs + gateBulkCallMs + gateCallMs: got 30000, expected < 30000', { reconcileMs: 8000 }, { reconcileMs: 7999 }],
  ['batchGetItems: got 100, expected ≤ 99', { gateBulkUnits: 99 }, { gateBulkUnits: 100 }],
  ['openingGuardMs: got 6699, expected ≥ 6700', { openingGuardMs: 6699 }, { openingGuardMs: 6700 }],
  ['redisReconnectBaseMs: got 1001, expected ≤ 1000', { redisReconnectBaseMs: 1001 }, { redisReconnectBaseMs: 1000 }],
  [
    'withdrawalUnits as orders × (2 gate calls + a send) + withdrawalWaitMs: got 62200, expected < 60000',
    { withdrawalUnits: 13 * 97 },
    { withdrawalUnits: 12 * 97 },
  ],
  ['waitPollMs: got 5000, expected < 5000', { waitPollMs: 5000 }, { waitPollMs: 4999 }],
  ['redisReconnectMaxMs: got 1001, expected ≤ 1000', { redisReconnectMaxMs: 1001 }, { redisReconnectMaxMs: 1000 }],
  ['retryMaxSeconds: got 181, expected ≤ 180', { retryMaxSeconds: 181 }, { retryMaxSeconds: 180 }],
  ['takeMs + takeMarginMs + rebuildDrainMs: got 60000, expected < 60000', { rebuildDrainMs: 54_000 }, { rebuildDrainMs: 53_999 }],
  ['rebuildDrainLooks × rebuildDrainPollMs: got 45000, expected < 45000', { rebuildDrainLooks: 45 }, { rebuildDrainLooks: 44 }],
  ['gateBulkCallMs: got 5000, expected < 5000', { rebuildLockMs: 5000 }, { rebuildLockMs: 5001 }],
  ['takeMs: got 5000, expected < 5000', { pendingResendMs: 5000 }, { pendingResendMs: 5001 }],
  ['commitBatchMessages: got 11, expected ≤ 10', { commitBatchMessages: 11 }, { commitBatchMessages: 10 }],
  ['commitParallelOrders: got 11, expected ≤ 10', { commitParallelOrders: 11 }, { commitParallelOrders: 10 }],
  ['commitMaxConcurrency: got 1, expected ≥ 2', { commitMaxConcurrency: 1 }, { commitMaxConcurrency: 2 }],
  ['commitMaxConcurrency: got 1001, expected ≤ 1000', { commitMaxConcurrency: 1001 }, { commitMaxConcurrency: 1000 }],
  [
    'orders queue visibility: got 43206, expected ≤ 43200',
    { commitTimeoutSeconds: 7201, commitMaxReceives: 1 },
    { commitTimeoutSeconds: 7200, commitMaxReceives: 1 },
  ],
  ['commitMaxReceives × orders queue visibility: got 345600, expected < 345600', { commitMaxReceives: 1920 }, { commitMaxReceives: 1919 }],
  ['ordersRetentionDays: got 14, expected < 14', { ordersRetentionDays: 14 }, { ordersRetentionDays: 13 }],
  ['deadLetterRetentionDays: got 15, expected ≤ 14', { deadLetterRetentionDays: 15 }, { deadLetterRetentionDays: 14 }],
  ['parkSeconds: got 901, expected ≤ 900', { parkSeconds: 901 }, { parkSeconds: 900 }],
  [
    'sweepPasses × sweepPassMs: got 70000, expected ≤ 60000',
    { sweepPasses: 7, sweepTimeoutSeconds: 150 },
    { sweepPasses: 6, sweepTimeoutSeconds: 150 },
  ],
  ['resendSliceMs + doubtfulSliceMs + sweepSliceMs: got 10001, expected ≤ 10000', { resendSliceMs: 2501 }, { resendSliceMs: 2500 }],
  [
    'sweepPasses × sweepPassMs + takeMs + takeMarginMs + rebuildDrainMs: got 101000, expected < 101000',
    { sweepTimeoutSeconds: 101 },
    { sweepTimeoutSeconds: 102 },
  ],
  ['expiryHops × queueDelaySeconds: got 85500, expected ≥ 86400', { expiryHops: 95 }, { expiryHops: 96 }],
  ['queueDelaySeconds: got 901, expected ≤ 900', { queueDelaySeconds: 901 }, { queueDelaySeconds: 900 }],
  ['gateDropWithinMs: got 86399999, expected ≥ 86400000', { gateDropWithinMs: 86_399_999 }, { gateDropWithinMs: 86_400_000 }],
  [
    'changesBatchRecords ÷ imagesAtOnce × 5 × gateCallMs (the cut and the home lane, twice, then the other lanes) + 2 × ledgerOperationMs: got 64000, expected < 60000',
    { imagesAtOnce: 142 },
    { imagesAtOnce: 143 },
  ],
  ['metadataBytes: got 65536, expected < 65536', { metadataBytes: 65_536 }, { metadataBytes: 65_535 }],
  ['seatsPerChunk × bytes of a label: got 408617, expected < 408576', { seatsPerChunk: 3377 }, { seatsPerChunk: 3376 }],
  ['capacityUnits ÷ seatsPerChunk: got 100001, expected ≤ 100000', { capacityUnits: 100_001_000 }, { capacityUnits: 100_000_000 }],
  ['seatsPerPut: got 100001, expected ≤ 100000', { seatsPerPut: 100_001 }, { seatsPerPut: 100_000 }],
  ['seatPageMax × bytes of a seat: got 1044480, expected < 1044480', { seatPageMax: 5440 }, { seatPageMax: 5439 }],
  ['seatPageDefault: got 5001, expected ≤ 5000', { seatPageDefault: 5001 }, { seatPageDefault: 5000 }],
  ['pageItemsDefault: got 101, expected ≤ 100', { pageItemsDefault: 101 }, { pageItemsDefault: 100 }],
];

describe.each(edges)('%s', (sentence, broken, kept) => {
  test('is said, and only that', () => {
    expect(brokenRelations({ ...limits, ...broken })).toEqual([expect.stringMatching(/.* \(.+\)\. .+\.$/)]);
    expect(brokenRelations({ ...limits, ...broken })[0]?.startsWith(sentence)).toBe(true);
  });
  test('one step before, nothing is said', () => {
    expect(brokenRelations({ ...limits, ...kept })).toEqual([]);
  });
});

test('every contradiction is listed at once', () => {
  expect(() => assertLimits({ ...limits, saleCacheMs: 1000, parkSeconds: 901 })).toThrow(
    /^Bounds in lambdas\/contracts\/limits\.ts contradict one another:\n {2}saleCacheMs: got 1000.*\n {2}parkSeconds: got 901/,
  );
});
