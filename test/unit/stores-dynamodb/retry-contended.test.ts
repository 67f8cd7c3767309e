import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { limits } from '../../../lambdas/contracts/limits.ts';
import { commitOrder } from '../../../lambdas/stores/dynamodb/commit-order.ts';
import { contended, retryContended } from '../../../lambdas/stores/dynamodb/retry-contended.ts';
import { heldAtMs, requestOf } from '../../conformance/order-ledger.samples.ts';
import { scripted } from './scripted-client.ts';

const backoff = { sleep: () => Promise.resolve(), random: () => 0.5 };

/** A deadline that passes when the test says so, and for how long it was asked. */
function manualDeadline() {
  const controller = new AbortController();
  const asked = jest.spyOn(AbortSignal, 'timeout').mockReturnValue(controller.signal);
  return { pass: () => controller.abort(), signal: controller.signal, asked };
}

describe('an operation that meets others at work', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test(`is tried ${limits.ledgerAttempts} times, then unavailable`, async () => {
    let tries = 0;
    const call = retryContended('ledger', backoff, () => Promise.resolve(((tries += 1), contended)));
    await expect(call).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'ledger' });
    expect(tries).toBe(limits.ledgerAttempts);
  });

  test('begins no try once its time is up, however slow the tries were', async () => {
    const { asked, pass } = manualDeadline();
    let tries = 0;
    const call = retryContended('ledger', backoff, () => {
      tries += 1;
      if (tries === 2) pass();
      return Promise.resolve(contended);
    });
    await expect(call).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'ledger' });
    expect(tries).toBe(2);
    expect(asked.mock.calls).toEqual([[limits.ledgerOperationMs]]);
  });

  test('gives the same deadline to each call of the SDK, whose own tries end with it', async () => {
    const { signal } = manualDeadline();
    const { context, options } = scripted({});
    await commitOrder(context, requestOf({ saleId: 'spring-drop' }), heldAtMs);
    expect(options).toEqual([{ abortSignal: signal }]);
  });
});
