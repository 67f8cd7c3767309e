import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../lambdas/contracts/limits.ts';
import { StripeEvents } from '../../../lambdas/gateways/stripe-events.ts';
import { ids, nowMs } from '../../support/builders.ts';
import { chargeRefunded, paymentSucceeded, stripeSignature } from '../../support/stripe-messages.ts';

const secret = 'whsec_unit';
const orderId = ids.derive('drop', 'ann', 'k1');
const events = new StripeEvents(() => Promise.resolve(secret));
const read = (message: string, signature = stripeSignature(message, { secret, atMs: nowMs }), atMs = nowMs) =>
  events.read(Buffer.from(message), signature, atMs);
const payment = { provider: 'stripe', id: 'pi_1', amountMinor: 4999, currency: 'EUR' };

describe('a message of Stripe', () => {
  test('payment_intent.succeeded is paid: what was received, the currency in upper case', async () => {
    const message = paymentSucceeded(orderId, 'pi_1', 4999, { amount: 9999 });
    expect(await read(message)).toEqual({ kind: 'paid', orderId, payment });
  });

  test('charge.refunded is paid back once the whole charge is, by the id of its payment intent', async () => {
    expect(await read(chargeRefunded(orderId, 'pi_1', 4999))).toEqual({ kind: 'paid-back', orderId, payment });
    expect(await read(chargeRefunded(orderId, 'pi_1', 4999, { refunded: false }))).toEqual({ kind: 'irrelevant' });
    expect(await read(chargeRefunded(orderId, 'pi_1', 4999, { payment_intent: null }))).toEqual({ kind: 'irrelevant' });
  });

  test.each([
    ['of another type', JSON.stringify({ type: 'payment_intent.created', data: { object: { metadata: { orderId } } } })],
    ['without metadata', paymentSucceeded(orderId, 'pi_1', 1, { metadata: undefined })],
    ['with metadata of another system', paymentSucceeded(orderId, 'pi_1', 1, { metadata: { orderId: '4711' } })],
    ['with metadata that is a list', paymentSucceeded(orderId, 'pi_1', 1, { metadata: [] })],
  ])('%s is irrelevant', async (_name, message) => {
    expect(await read(message)).toEqual({ kind: 'irrelevant' });
  });

  test(`is believed up to ${limits.stripeToleranceSeconds} s after it was signed, and not 1 s later`, async () => {
    const message = paymentSucceeded(orderId, 'pi_1', 4999);
    const signature = stripeSignature(message, { secret, atMs: nowMs });
    const lastMs = nowMs + limits.stripeToleranceSeconds * 1000;
    expect(await read(message, signature, lastMs)).toMatchObject({ kind: 'paid' });
    expect(await read(message, signature, lastMs + 1000)).toBe('invalid-signature');
  });

  test('is believed by one right signature of several: Stripe signs with both secrets while one is rolled', async () => {
    const message = paymentSucceeded(orderId, 'pi_1', 4999);
    const [time, right] = stripeSignature(message, { secret, atMs: nowMs }).split(',');
    expect(await read(message, `${time},v1=${'0'.repeat(64)},${right}`)).toMatchObject({ kind: 'paid' });
  });

  test('is not believed under another secret, with a byte changed, or with a header that is none', async () => {
    const message = paymentSucceeded(orderId, 'pi_1', 4999);
    expect(await read(message, stripeSignature(message, { secret: 'whsec_other', atMs: nowMs }))).toBe('invalid-signature');
    expect(await read(message.replace('4999', '4998'), stripeSignature(message, { secret, atMs: nowMs }))).toBe('invalid-signature');
    for (const header of ['', 't=1', 'v1=00', 'a', 't=x,v1=y']) expect(await read(message, header)).toBe('invalid-signature');
  });

  test.each([
    ['payment_intent.succeeded', paymentSucceeded(orderId, 'pi_1', 4999, { amount_received: '4999' }), 'amount_received'],
    ['charge.refunded', chargeRefunded(orderId, 'pi_1', 4999, { refunded: undefined }), 'refunded'],
  ])('a signed %s that is not as Stripe documents it is a fault, never passed over, and tells no value', async (type, message, member) => {
    await expect(read(message)).rejects.toThrow(`a Stripe ${type} is not as documented at ${member}`);
  });
});
