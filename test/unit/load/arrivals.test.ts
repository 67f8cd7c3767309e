import { describe, expect, test } from '@jest/globals';
import { type Arrivals, runArrivals } from '../../../load/arrivals.ts';
import { VirtualClock } from './virtual-clock.ts';

const plan = (clock: VirtualClock, changes: Partial<Arrivals> = {}) => {
  const launched: { index: number; intendedMs: number; atMs: number }[] = [];
  const arrivals: Arrivals = {
    count: 3000,
    ratePerSecond: 1000,
    clock,
    launch: (index, intendedMs) => launched.push({ index, intendedMs, atMs: clock.nowMs() }),
    room: () => Number.MAX_SAFE_INTEGER,
    stop: new AbortController().signal,
    ...changes,
  };
  return { arrivals, launched };
};

describe('arrivals', () => {
  test('3,000 at 1,000/s are launched once each, in order, none before it is due and none 1 ms late, in 2,999 ms', async () => {
    const clock = new VirtualClock();
    const { arrivals, launched } = plan(clock);
    const done = await runArrivals(arrivals);
    expect(launched.map(({ index }) => index)).toEqual(Array.from({ length: 3000 }, (_, index) => index));
    expect(launched.every(({ atMs, intendedMs }) => atMs >= intendedMs && atMs < intendedMs + 1)).toBe(true);
    expect(done).toMatchObject({ launched: 3000, tookMs: 2999 });
  });

  test('rates above the timer resolution keep their count: 12,000/s for 1 s', async () => {
    const clock = new VirtualClock();
    const { arrivals, launched } = plan(clock, { count: 12_000, ratePerSecond: 12_000 });
    const done = await runArrivals(arrivals);
    expect(launched).toHaveLength(12_000);
    expect(done.tookMs).toBeCloseTo(1000, -1);
    expect(done.worstLagMs).toBeLessThan(1.1);
  });

  test('after a stall of 500 ms all that are due go out at once with the times they were due, none dropped', async () => {
    const clock = new VirtualClock();
    clock.stall({ atMs: 1000, forMs: 500 });
    const { arrivals, launched } = plan(clock);
    const done = await runArrivals(arrivals);
    const caughtUp = launched.filter(({ atMs, intendedMs }) => atMs - intendedMs >= 1);
    expect(launched).toHaveLength(3000);
    expect(caughtUp.length).toBeGreaterThanOrEqual(498);
    expect(new Set(caughtUp.map(({ atMs }) => atMs)).size).toBe(1);
    expect(launched[1250]?.intendedMs).toBe(1250);
    expect(done.worstLagMs).toBeGreaterThanOrEqual(499);
    expect(done.tookMs).toBe(2999);
  });

  test('without room arrivals wait, keep their intended times and are reported late', async () => {
    const clock = new VirtualClock();
    const { arrivals, launched } = plan(clock, { count: 100, room: () => (clock.nowMs() < 200 ? 10 - launched.length : 1000) });
    const done = await runArrivals(arrivals);
    expect(launched.filter(({ atMs }) => atMs < 200)).toHaveLength(10);
    expect(launched).toHaveLength(100);
    expect(launched[10]?.intendedMs).toBe(10);
    expect(done.worstLagMs).toBeGreaterThanOrEqual(190);
  });

  test('a stop ends the arrivals: no more are launched', async () => {
    const clock = new VirtualClock();
    const stop = new AbortController();
    const { arrivals, launched } = plan(clock, { stop: stop.signal });
    const counting = {
      ...arrivals,
      launch: (index: number, intendedMs: number) => {
        arrivals.launch(index, intendedMs);
        if (index === 99) stop.abort();
      },
    };
    expect((await runArrivals(counting)).launched).toBeLessThanOrEqual(101);
    expect(launched.length).toBeGreaterThanOrEqual(100);
  });
});
