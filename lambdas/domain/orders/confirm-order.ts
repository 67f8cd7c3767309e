import { limits } from '../../contracts/limits.ts';
import { metrics } from '../../contracts/metrics.ts';
import { UnavailableError } from '../kernel/faults.ts';
import type { Clock, Meter } from '../kernel/ports.ts';
import type { SaleReader } from '../sales/ports.ts';
import { isGateOver } from '../sales/sale.ts';
import type { StockGate } from '../stock/ports.ts';
import { lookUpOrder, type LookUpDependencies } from './look-up-order.ts';
import type { OrderIds } from './order-id.ts';
import { type Order, type Payment, totalMinor } from './order.ts';
import { isPaidBy, mustPayBack } from './payment.ts';
import { gateIsBeingBuilt } from './place-order.ts';
import type { OrderLedger } from './ports.ts';

/** What taking a payment needs; the sale only says whether its gate is over. */
export interface ConfirmOrderDependencies extends LookUpDependencies {
  readonly sales: SaleReader;
  readonly ledger: Pick<OrderLedger, 'read' | 'confirm' | 'retake' | 'requireRefund'>;
  readonly gate: Pick<StockGate, 'order' | 'apply' | 'retake'>;
  readonly ids: Pick<OrderIds, 'isMinted'>;
  readonly clock: Clock;
  readonly meter: Meter;
}

/** Whether the order lists the payment now as one to be paid back, or can list no more of them (limits.orderRefunds). */
export type PayBack = 'recorded' | 'unrecorded';

/** What became of a payment. */
export type ConfirmOrderOutcome =
  /** By this payment, now or before. */
  | { readonly kind: 'confirmed'; readonly order: Order }
  /** Amount or currency are not the order's. Nothing was recorded, unless it was asked for (`payBack`). */
  | { readonly kind: 'payment-mismatch'; readonly order: Order; readonly payBack?: PayBack }
  /** The order has ended, or another payment confirmed it. Without `payBack`: this one had confirmed it before it ended. */
  | { readonly kind: 'order-state'; readonly order: Order; readonly payBack?: PayBack }
  /** Too late: its units are another's by now, or its customer's limit has no room for them. */
  | { readonly kind: 'hold-expired'; readonly order: Order; readonly payBack: PayBack }
  /** Only the gate knows it yet: its commit is to be waited for. */
  | { readonly kind: 'accepted'; readonly order: Order }
  /** Nobody minted this id. */
  | { readonly kind: 'not-found' }
  /** Minted, and in neither store yet (rule 38). */
  | { readonly kind: 'not-visible' };

/** A payment of a wrong amount: a claim that its teller can correct, or money that was moved and must go back. */
export type OnMismatch = 'refuse' | 'pay-back';

/**
 * Takes a payment (protocol.md rules 21 to 23). In time: one write of the ledger, then the gate. Late: units in the gate
 * first, then one transaction, then the gate. Whatever cannot be taken is recorded as to be paid back, which nothing takes
 * back later. Idempotent by provider and id of the payment: a repetition meets what was decided, and tells the gate again
 * in case the call before died in between. Throws UnavailableError; the same call may then be repeated.
 */
export async function confirmOrder(
  deps: ConfirmOrderDependencies,
  orderId: string,
  payment: Payment,
  onMismatch: OnMismatch = 'refuse',
): Promise<ConfirmOrderOutcome> {
  if (!deps.ids.isMinted(orderId)) return { kind: 'not-found' };
  for (let attempt = 0; attempt < limits.orderChangeAttempts; attempt += 1) {
    const order = await lookUpOrder(deps, orderId);
    if (!order) return { kind: 'not-visible' };
    if (order.version === 0) return { kind: 'accepted', order };
    const outcome = await judge(deps, order, payment, onMismatch);
    if (outcome !== 'changed') return outcome;
  }
  throw new UnavailableError('ledger', `the order changed ${limits.orderChangeAttempts} times while its payment was being taken`);
}

/** What the order as just read makes of the payment. 'changed': somebody changed it meanwhile. */
async function judge(
  deps: ConfirmOrderDependencies,
  order: Order,
  payment: Payment,
  onMismatch: OnMismatch,
): Promise<ConfirmOrderOutcome | 'changed'> {
  const { state } = order;
  if (mustPayBack(order, payment)) return told(deps, refusal(order, 'recorded'));
  const own = isPaidBy(order, payment);
  if (own && state !== 'confirmed') return told(deps, { kind: 'order-state', order });
  if (!own && state !== 'held' && state !== 'expired') return payBack(deps, order, payment);
  if (payment.amountMinor !== totalMinor(order) || payment.currency !== order.currency) {
    if (own || onMismatch === 'refuse') return { kind: 'payment-mismatch', order };
    const refused = await payBack(deps, order, payment);
    return refused === 'changed' ? refused : { ...refused, kind: 'payment-mismatch' };
  }
  if (own) return told(deps, { kind: 'confirmed', order });
  return state === 'held' ? confirmHeld(deps, order, payment) : takeUpAgain(deps, order, payment);
}

async function confirmHeld(deps: ConfirmOrderDependencies, order: Order, payment: Payment): Promise<ConfirmOrderOutcome | 'changed'> {
  const outcome = await deps.ledger.confirm(order, payment, deps.clock.nowMs());
  if (outcome.kind === 'changed') return 'changed';
  deps.meter.count(metrics.ordersConfirmed);
  return told(deps, outcome);
}

/**
 * Rule 22: gate, ledger, gate. Dying after the gate leaves units set aside that nobody has: a comparison frees them once they
 * are older than limits.retakeProtectMs. Rule 10 holds here as for an order: a rebuild may count on the claims being put
 * within T_take of the retake, so a transaction that could end later is not begun.
 */
async function takeUpAgain(deps: ConfirmOrderDependencies, expired: Order, payment: Payment): Promise<ConfirmOrderOutcome | 'changed'> {
  const { gate, ledger, clock, meter } = deps;
  const retakenAtMs = clock.nowMs();
  const taken = await gate.retake(expired, retakenAtMs);
  if (taken === 'busy' && !(await isOver(deps, expired))) throw gateIsBeingBuilt();
  if (taken !== 'taken') return payBack(deps, expired, payment);
  const nowMs = clock.nowMs();
  const withinMs = limits.takeMs - (nowMs - retakenAtMs);
  if (withinMs < limits.ledgerRequestMs) throw new UnavailableError('gate', 'taking the units again took too long to claim them safely');
  const outcome = await ledger.retake(expired, payment, nowMs, { withinMs });
  if (outcome.kind === 'changed') return 'changed';
  if (outcome.kind === 'refused') return payBack(deps, expired, payment);
  meter.count(metrics.ordersConfirmed);
  return told(deps, outcome);
}

/** Nobody could ever take the units again. */
async function isOver({ sales, clock }: ConfirmOrderDependencies, { saleId }: Order): Promise<boolean> {
  const sale = await sales.sale(saleId);
  return sale !== undefined && isGateOver(sale, clock.nowMs());
}

/** Rule 23. The order's new image tells the gate too, which then frees what a retake may have set aside in vain. */
async function payBack(
  deps: ConfirmOrderDependencies,
  order: Order,
  payment: Payment,
): Promise<Extract<ConfirmOrderOutcome, { readonly kind: 'order-state' | 'hold-expired' }> | 'changed'> {
  if ((order.refunds ?? []).length >= limits.orderRefunds) {
    deps.meter.count(metrics.paymentsUnrecorded);
    return refusal(order, 'unrecorded');
  }
  const outcome = await deps.ledger.requireRefund(order, payment);
  if (outcome.kind === 'changed') return 'changed';
  deps.meter.count(metrics.refundsRequired);
  return told(deps, refusal(outcome.order, 'recorded'));
}

function refusal(order: Order, recorded: PayBack): Extract<ConfirmOrderOutcome, { readonly kind: 'order-state' | 'hold-expired' }> {
  return { kind: order.state === 'expired' ? 'hold-expired' : 'order-state', order, payBack: recorded };
}

/** Tells the gate what the ledger decided, then answers it. */
async function told<T extends Extract<ConfirmOrderOutcome, { readonly order: Order }>>(
  { gate }: ConfirmOrderDependencies,
  outcome: T,
): Promise<T> {
  await gate.apply(outcome.order);
  return outcome;
}
