import { limits } from '../../contracts/limits.ts';
import { UnavailableError } from '../kernel/faults.ts';
import type { Clock } from '../kernel/ports.ts';
import type { StockGate } from '../stock/ports.ts';
import type { CommitRequest, Order } from './order.ts';
import type { OrderLedger, OrderQueue } from './ports.ts';

/** What the gate made of an order, once it is sent where it is to be. */
export type PlaceOutcome =
  | { readonly kind: 'accepted'; readonly order: Order; readonly replayed: boolean }
  | { readonly kind: 'idempotency-key-reused' }
  | { readonly kind: 'customer-limit'; readonly remaining: number }
  /** Seats asked for that are another order's: their units, by sku. */
  | { readonly kind: 'seat-taken'; readonly units: ReadonlyMap<string, readonly number[]> }
  /** Units left of each sku asked for. */
  | { readonly kind: 'sold-out'; readonly available: Readonly<Record<string, number>> }
  /** Not known, and only known orders were asked for. */
  | { readonly kind: 'unknown' };

/** What placing an order needs; the ledger is asked only about an order known by its claims. */
export interface PlaceOrderDependencies {
  readonly gate: Pick<StockGate, 'reserve' | 'apply'>;
  readonly ledger: Pick<OrderLedger, 'read'>;
  readonly queue: Pick<OrderQueue, 'send'>;
  readonly clock: Clock;
}

/**
 * Sets units aside in the gate and sends the whole order on (protocol.md rules 1, 8 to 10 and 12). Idempotent by the
 * order's id; nothing set aside is ever given back on a doubt. Throws UnavailableError; the same call may then be repeated.
 */
export async function placeOrder(
  deps: PlaceOrderDependencies,
  request: CommitRequest,
  options: { readonly knownOnly: boolean } = { knownOnly: false },
): Promise<PlaceOutcome> {
  const reservedAtMs = deps.clock.nowMs();
  const outcome = await deps.gate.reserve(request, options);
  switch (outcome.kind) {
    case 'reserved':
    case 'pending':
      await send(deps, outcome.request, reservedAtMs);
      return { kind: 'accepted', order: outcome.request.order, replayed: outcome.kind === 'pending' };
    case 'replayed':
      return { kind: 'accepted', order: outcome.order, replayed: true };
    case 'ask-ledger':
      return askLedger(deps, request);
    case 'fingerprint-differs':
      return { kind: 'idempotency-key-reused' };
    case 'customer-limit':
    case 'seat-taken':
    case 'sold-out':
    case 'unknown':
      return outcome;
    case 'busy':
      throw gateIsBeingBuilt();
  }
}

/** The answer of every order while the gate is lost or being made. */
export function gateIsBeingBuilt(): UnavailableError {
  return new UnavailableError('gate', 'the gate of the sale is being built', { retryAfterSeconds: limits.gateRetryAfterSeconds });
}

/** Rule 10: sent within T_take of the reservation, or given up; a rebuild may have begun to count on that. No try is begun that could not end. */
async function send(deps: PlaceOrderDependencies, request: CommitRequest, reservedAtMs: number): Promise<void> {
  const withinMs = limits.takeMs - (deps.clock.nowMs() - reservedAtMs);
  if (withinMs < limits.queueRequestMs) throw new UnavailableError('queue', 'the reservation took too long to be sent safely');
  await deps.queue.send(request, { withinMs });
}

/** Rule 8: after a rebuild an order is known by its claims only; the ledger has the rest. */
async function askLedger(deps: PlaceOrderDependencies, { order }: CommitRequest): Promise<PlaceOutcome> {
  const stored = await deps.ledger.read(order.orderId);
  if (!stored) throw new UnavailableError('ledger', 'the order is known by its claims, but the ledger does not show it yet');
  await deps.gate.apply(stored);
  return answerStored(stored, order);
}

/** The answer to an order that the ledger has, asked for once more. */
export function answerStored(stored: Order, order: Order): Extract<PlaceOutcome, { readonly kind: 'accepted' | 'idempotency-key-reused' }> {
  return stored.fingerprint === order.fingerprint
    ? { kind: 'accepted', order: stored, replayed: true }
    : { kind: 'idempotency-key-reused' };
}
