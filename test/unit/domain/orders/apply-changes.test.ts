import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../../lambdas/contracts/limits.ts';
import { metrics } from '../../../../lambdas/contracts/metrics.ts';
import { UnavailableError } from '../../../../lambdas/domain/kernel/faults.ts';
import { applyChanges } from '../../../../lambdas/domain/orders/apply-changes.ts';
import type { Order } from '../../../../lambdas/domain/orders/order.ts';
import { heldOrder } from '../../../support/builders.ts';
import { CountingMeter } from '../../../support/fakes-meter.ts';

const away = new UnavailableError('gate', 'away');
const orders = (count: number) => Array.from({ length: count }, (_, n) => heldOrder({ key: `key-${n}` }));

function system(apply: (image: Order) => Promise<void> = () => Promise.resolve()) {
  const told: Order[] = [];
  const meter = new CountingMeter();
  const gate = { apply: (image: Order) => apply(image).then(() => void told.push(image)) };
  const tell = (images: readonly Order[], openGate = () => Promise.resolve(gate)) => applyChanges({ openGate, meter }, images);
  return { told, meter, tell };
}

describe('telling the gate of changed orders', () => {
  test('gives it the newest image of each, once, in whatever order they came', async () => {
    const { told, tell, meter } = system();
    const [held, other] = orders(2);
    if (!held || !other) throw new Error('two orders');
    const expired: Order = { ...held, state: 'expired', version: 2 };
    await tell([held, other, expired, held]);
    expect(told.toSorted((a, b) => b.version - a.version)).toEqual([expired, other]);
    expect(meter.counts).toEqual({});
  });

  test(`tells ${limits.imagesAtOnce} at once and no more`, async () => {
    let [atWork, most] = [0, 0];
    const { told, tell } = system(async () => {
      atWork += 1;
      most = Math.max(most, atWork);
      await new Promise(setImmediate);
      atWork -= 1;
    });
    await tell(orders(3 * limits.imagesAtOnce));
    expect(most).toBe(limits.imagesAtOnce);
    expect(told).toHaveLength(3 * limits.imagesAtOnce);
  });

  test('a gate that is away holds up nothing: what it was not told is counted, and the rest is not tried', async () => {
    let calls = 0;
    const { tell, meter } = system(() => {
      calls += 1;
      return Promise.reject(away);
    });
    await tell(orders(3 * limits.imagesAtOnce));
    expect(calls).toBe(limits.imagesAtOnce);
    expect(meter.counts).toEqual({ [metrics.imagesNotApplied]: 3 * limits.imagesAtOnce });
  });

  test('a gate that cannot be opened is away too', async () => {
    const { tell, meter } = system();
    await tell(orders(1), () => Promise.reject(new UnavailableError('secrets', 'slow')));
    expect(meter.counts).toEqual({ [metrics.imagesNotApplied]: 1 });
  });

  test('another fault is told, after every lane has ended, and what was left out is counted', async () => {
    const fault = new Error('a bug');
    const { tell, meter, told } = system((image) => (image.customerId === 'bob' ? Promise.reject(fault) : Promise.resolve()));
    await expect(tell([heldOrder({ customerId: 'bob' }), ...orders(4)])).rejects.toBe(fault);
    expect(told).toHaveLength(4);
    expect(meter.counts).toEqual({ [metrics.imagesNotApplied]: 1 });
  });
});
