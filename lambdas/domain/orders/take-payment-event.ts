import { metrics } from '../../contracts/metrics.ts';
import { UnavailableError } from '../kernel/faults.ts';
import { endOrder, type EndOrderDependencies } from './cancel-order.ts';
import { confirmOrder, type ConfirmOrderDependencies, type ConfirmOrderOutcome } from './confirm-order.ts';
import type { Payment } from './order.ts';
import { isPaidBy } from './payment.ts';
import type { PaymentEvent } from '../payments/ports.ts';

/** What taking a provider’s event needs: a refund also ends an order. */
export interface TakePaymentEventDependencies extends ConfirmOrderDependencies, EndOrderDependencies {
  readonly ledger: ConfirmOrderDependencies['ledger'] & EndOrderDependencies['ledger'];
  readonly gate: ConfirmOrderDependencies['gate'];
}

/** What became of an event. `pay-back`: the order lists the payment as one to be paid back; `unrecorded`: it can list no more. */
export type PaymentEventOutcome = 'confirmed' | 'cancelled' | 'nothing-to-do' | 'pay-back' | 'unrecorded' | 'ignored';

type Told = Exclude<ConfirmOrderOutcome, { readonly kind: 'accepted' | 'not-found' | 'not-visible' }>;

/**
 * Takes what a provider tells, which may come twice, late, or out of order (protocol.md rules 21 to 23). Whatever is paid back
 * was paid before: so a refund that overtakes its payment takes that first, and the payment that comes later meets it. Throws
 * UnavailableError, also while the order is not committed yet: the provider then sends the event again.
 */
export async function takePaymentEvent(deps: TakePaymentEventDependencies, event: PaymentEvent): Promise<PaymentEventOutcome> {
  const told = event.kind === 'irrelevant' ? undefined : await takePayment(deps, event);
  if (!told) {
    deps.meter.count(metrics.paymentEventsIgnored);
    return 'ignored';
  }
  if (event.kind === 'paid-back' && isSoldBy(told, event.payment)) {
    await endOrder(deps, told.order, 'penstock');
    return 'cancelled';
  }
  return nameOf(told);
}

/** What the order made of the payment; undefined where no order of ours has this id. */
async function takePayment(
  deps: TakePaymentEventDependencies,
  { orderId, payment }: Exclude<PaymentEvent, { readonly kind: 'irrelevant' }>,
): Promise<Told | undefined> {
  const outcome = await confirmOrder(deps, orderId, payment, 'pay-back');
  if (outcome.kind === 'not-found') return undefined;
  if (outcome.kind === 'accepted' || outcome.kind === 'not-visible')
    throw new UnavailableError('ledger', 'the order that was paid is not committed yet');
  return outcome;
}

/** Whatever amount is told of it: the whole of what was paid is paid back. */
function isSoldBy(told: Told, payment: Payment): boolean {
  return told.order.state === 'confirmed' && isPaidBy(told.order, payment);
}

function nameOf(told: Told): PaymentEventOutcome {
  if (told.kind === 'confirmed') return 'confirmed';
  if (told.payBack === undefined) return 'nothing-to-do';
  return told.payBack === 'recorded' ? 'pay-back' : 'unrecorded';
}
