import { limits } from '../lambdas/contracts/limits.ts';

/** Bounds of the load generator: its unit is in each name, its reason beside it. None of them is a bound of the system under load. */
export const loadLimits = {
  buyersMax: 1_000_000,
  stockMax: limits.capacityUnits,
  quantityMax: limits.orderUnits,
  /** A timer tick is 1 ms and one core sends some 20,000 requests a second; more would measure the generator. */
  ratePerSecondMax: 20_000,

  /** Connections at once: half of the 4,096 descriptors a usual shell gives. Requests beyond wait for one, their time running. */
  sockets: 2048,
  /** Buyers underway at once, those that wait for a retry too (about 2 KB each). Arrivals beyond are late, and are reported so. */
  buyersUnderway: 100_000,
  connectMs: 5000,
  /** An answer later than this is lost: twice what the slowest function of the order path may take, plus the wait for an environment. */
  requestMs: 30_000,
  /** The audit and the report read every claim of the sale. */
  adminRequestMs: limits.adminTimeoutSeconds * 1000 + 5000,

  /** Tries of one order under one Idempotency-Key. */
  attempts: 10,
  /** Wait before a retry when no Retry-After says otherwise: doubled at each try up to the maximum, then a random part of it. */
  backoffBaseMs: 500,
  backoffMaxMs: 8000,
  /** A Retry-After above this is cut, and up to jitterMs is added so that those refused together do not come back together. */
  retryAfterMaxMs: 10_000,
  jitterMs: 1000,

  /** From the sale's creation until it shows as open with its whole stock: the first opening builds its gate. */
  openWaitMs: 60_000,
  openPollMs: 200,

  /** Orders read at once while waiting for the commits; each read that still finds `accepted` pauses its reader. */
  settleReaders: 8,
  settlePauseMs: 100,
  /** No order settled for this long, or this long in all: what is left counts as not settled. */
  settleStallMs: 60_000,
  settleTotalMs: 1_800_000,
  /** The report may be 2 s behind (api.md); it is read again until it agrees with what was read, at most this long. */
  reportAgreesMs: 6000,
  reportPollMs: 500,

  progressMs: 1000,
  /** Examples (order ids, units) kept for each broken invariant; the rest is counted. */
  examples: 10,
} as const;
