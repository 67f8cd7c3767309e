import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../../lambdas/contracts/limits.ts';
import { CorruptionError, UnavailableError } from '../../../../lambdas/domain/kernel/faults.ts';
import { expireOnTime } from '../../../../lambdas/domain/orders/expire-on-time.ts';
import type { ExpiryNotice } from '../../../../lambdas/domain/orders/order.ts';
import type { StockGate } from '../../../../lambdas/domain/stock/ports.ts';
import { heldOrder, nowMs } from '../../../support/builders.ts';
import { ManualClock } from '../../../support/fakes-clock.ts';
import { done, scriptedGate } from '../../../support/fakes-gate.ts';
import { InMemoryLedger } from '../../../support/fakes-ledger.ts';
import { RecordingExpiries } from '../../../support/fakes-queue.ts';

const order = heldOrder();
const endMs = order.holdExpiresAtMs ?? 0;
const overdueMs = endMs + limits.holdGraceMs + 1;
const noticeOf = (hops = 0): ExpiryNotice => ({ orderId: order.orderId, holdExpiresAtMs: endMs, hops });

function system(atMs: number, answers: Partial<StockGate> = {}) {
  const calls = scriptedGate({ apply: done, ...answers });
  const parts = { ledger: new InMemoryLedger().put(order), expiries: new RecordingExpiries(), clock: new ManualClock(atMs) };
  const expire = (notice = noticeOf()) => expireOnTime({ ...parts, gate: calls.gate }, notice);
  return { ...parts, calls, expire };
}

describe('a hold whose end is told', () => {
  test('is ended when it is overdue: ledger first, then the gate, and its unit is nobody’s', async () => {
    const { expire, ledger, calls, expiries } = system(overdueMs);
    expect(await expire()).toBe('expired');
    const expired = { ...order, state: 'expired' as const, version: 2, closedAtMs: overdueMs };
    expect(ledger.stored.get(order.orderId)).toEqual(expired);
    expect(ledger.claimed.size).toBe(0);
    expect(calls.argsOf('apply')).toEqual([[expired]]);
    expect(expiries.sent).toEqual([]);
  });

  test('is told again when it is not overdue yet, 1 ms before as well: a clock behind the sender’s ends nothing early', async () => {
    const { expire, ledger, calls, expiries } = system(overdueMs - 1);
    expect(await expire()).toBe('sent-on');
    expect(expiries.sent).toEqual([{ ...noticeOf(1), delaySeconds: 1 }]);
    expect(ledger.stored.get(order.orderId)).toEqual(order);
    expect(calls.calls).toEqual([]);
  });

  test(`a hold of a day is told of ${limits.holdSecondsMax / limits.queueDelaySeconds} times and 1, each at most 15 minutes later, and then ended`, async () => {
    const { ledger, expiries, clock, expire } = system(nowMs);
    ledger.put({ ...order, holdExpiresAtMs: nowMs + limits.holdSecondsMax * 1000 });
    let notice = noticeOf();
    while ((await expire(notice)) === 'sent-on') {
      const sent = expiries.sent.at(-1);
      if (!sent) throw new Error('it was sent on');
      const { delaySeconds, ...next } = sent;
      clock.advance(delaySeconds * 1000);
      notice = next;
    }
    expect(notice.hops).toBe(97);
    expect(notice.hops).toBeLessThan(limits.expiryHops);
    expect(ledger.stored.get(order.orderId)?.state).toBe('expired');
  });

  test(`is not sent on a ${limits.expiryHops + 1}th time: the gate's list has it`, async () => {
    const { expire, expiries } = system(nowMs);
    await expire(noticeOf(limits.expiryHops - 1));
    expect(expiries.sent).toHaveLength(1);
    expect(await expire(noticeOf(limits.expiryHops))).toBe('sent-on');
    expect(expiries.sent).toHaveLength(1);
  });

  test.each(['confirmed', 'cancelled', 'expired'] as const)(
    'of an order that is %s by now changes nothing, and the gate is told of it',
    async (state) => {
      const { expire, ledger, calls } = system(overdueMs);
      const changed = { ...order, state, version: 2 };
      ledger.stored.set(order.orderId, changed);
      expect(await expire()).toBe('settled');
      expect(ledger.stored.get(order.orderId)).toEqual(changed);
      expect(calls.argsOf('apply')).toEqual([[changed]]);
    },
  );
});

describe('what goes wrong', () => {
  test('who dies between ledger and gate is made up for: the message comes again and tells the gate', async () => {
    const answers = [() => Promise.reject(new UnavailableError('gate', 'away')), done].values();
    const { expire, calls, ledger } = system(overdueMs, { apply: () => (answers.next().value ?? done)() });
    await expect(expire()).rejects.toThrow(UnavailableError);
    expect(ledger.stored.get(order.orderId)?.state).toBe('expired');
    expect(await expire()).toBe('settled');
    expect(calls.argsOf('apply').map(([told]) => told)).toEqual([ledger.stored.get(order.orderId), ledger.stored.get(order.orderId)]);
  });

  test('two messages of one hold lower the allowance once', async () => {
    const { expire, ledger } = system(overdueMs);
    ledger.put({ ...order, countedUnits: 1 }).used.set('drop|ann', 3);
    expect([await expire(), await expire()]).toEqual(['expired', 'settled']);
    expect(ledger.used.get('drop|ann')).toBe(2);
  });

  test('a payment between our read and our write wins: the order stays paid', async () => {
    const { expire, ledger, calls } = system(overdueMs);
    const release = ledger.release.bind(ledger);
    ledger.release = (read, to, atMs) => {
      ledger.stored.set(order.orderId, { ...order, state: 'confirmed', version: 2 });
      return release(read, to, atMs);
    };
    await expire();
    expect(ledger.stored.get(order.orderId)?.state).toBe('confirmed');
    expect(ledger.claimed.size).toBe(1);
    expect(calls.calls).toEqual([]);
  });

  test('a queue that is away brings the message back', async () => {
    const { expire, expiries } = system(nowMs);
    expiries.refuse = new UnavailableError('queue', 'away');
    await expect(expire()).rejects.toBe(expiries.refuse);
  });

  test('an order that was held and that the ledger does not have contradicts it: alarmed, not passed over', async () => {
    const { expire, ledger } = system(overdueMs);
    ledger.stored.clear();
    await expect(expire()).rejects.toThrow(CorruptionError);
  });
});
