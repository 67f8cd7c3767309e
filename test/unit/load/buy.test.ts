import { describe, expect, test } from '@jest/globals';
import { buy, retryDelayMs } from '../../../load/buy.ts';
import type { OrderAnswer } from '../../../load/client.ts';
import { loadLimits } from '../../../load/limits.ts';
import { Tally } from '../../../load/tally.ts';
import { VirtualClock } from './virtual-clock.ts';

const accepted: OrderAnswer = { kind: 'accepted', status: 202, orderId: 'ord_1', replayed: false };
const unavailable: OrderAnswer = { kind: 'refused', status: 503, code: 'unavailable', retryAfterSeconds: 2 };
const soldOut: OrderAnswer = { kind: 'refused', status: 409, code: 'sold-out' };
const lost: OrderAnswer = { kind: 'lost', cause: 'ECONNRESET' };

/** A buyer whose tries are answered so, each after answerMs. */
async function buyer(answers: OrderAnswer[], answerMs = 10, stop: AbortSignal = new AbortController().signal) {
  const clock = new VirtualClock();
  const tally = new Tally();
  let tries = 0;
  const place = async (): Promise<OrderAnswer> => {
    await clock.sleep(answerMs);
    return answers[Math.min(tries++, answers.length - 1)] ?? lost;
  };
  const outcome = await buy(place, clock.nowMs() - 5, { clock, tally, random: () => 0.5, stop });
  return { outcome, tally, tries, waits: clock.slept.filter((ms) => ms !== answerMs) };
}

describe('buy', () => {
  test('accepted at once: one try, and the latency counts from 5 ms before the request left', async () => {
    const { outcome, tally, tries } = await buyer([accepted]);
    expect(outcome).toEqual({ kind: 'accepted', orderId: 'ord_1' });
    expect(tries).toBe(1);
    expect(tally.finalAnswer.summary().maxMs).toBeCloseTo(15, 1);
  });

  test('503 with Retry-After 2 is tried again after 2 to 3 s; first and final answer are counted apart', async () => {
    const { outcome, tally, waits } = await buyer([unavailable, accepted]);
    expect(outcome.kind).toBe('accepted');
    expect(waits).toEqual([2500]);
    expect(tally.firstAnswer.summary().maxMs).toBeCloseTo(15, 1);
    expect(tally.finalAnswer.summary().maxMs / 1000).toBeCloseTo(2.525, 2);
    expect(tally.retries).toBe(1);
  });

  test('a lost answer is tried again, and is not a first answer', async () => {
    const { outcome, tally } = await buyer([lost, accepted]);
    expect(outcome.kind).toBe('accepted');
    expect(tally.firstAnswer.summary().count).toBe(0);
    expect(Object.fromEntries(tally.statuses)).toEqual({ 'lost ECONNRESET': 1, '202': 1 });
  });

  test('a refusal is final: one try', async () => {
    const { outcome, tries } = await buyer([soldOut]);
    expect([outcome, tries]).toEqual([{ kind: 'refused', code: 'sold-out' }, 1]);
  });

  test('after 10 tries without an answer the buyer gives up unresolved', async () => {
    const { outcome, tries, tally } = await buyer([lost]);
    expect([outcome.kind, tries, loadLimits.attempts]).toEqual(['unresolved', 10, 10]);
    expect(tally.finalAnswer.summary().count).toBe(0);
  });

  test('once stopped, an unanswered try is not repeated', async () => {
    expect((await buyer([unavailable], 10, AbortSignal.abort())).tries).toBe(1);
  });

  test('delays: a Retry-After of an hour is cut to 10 s; backoff doubles up to 8 s and is spread from 0', () => {
    expect(retryDelayMs({ ...unavailable, retryAfterSeconds: 3600 }, 1, 0)).toBe(10_000);
    expect([1, 2, 5, 9].map((attempt) => retryDelayMs(lost, attempt, 1))).toEqual([500, 1000, 8000, 8000]);
    expect(retryDelayMs(lost, 9, 0)).toBe(0);
  });
});
