import { describe, expect, test } from '@jest/globals';
import { type Clock, systemClock } from '../../../load/clock.ts';
import type { CrowdOptions } from '../../../load/options.ts';
import { reportText } from '../../../load/report.ts';
import { runCrowd } from '../../../load/run-crowd.ts';
import { FakeApi, type Faults } from './fake-api.ts';

/** Time that runs 50 times as fast, so that patience of a minute lasts about a second; rates are 50 times as high. */
const hastyClock: Clock = {
  nowMs: () => systemClock.nowMs() * 50,
  sleep: (ms, signal) => systemClock.sleep(ms / 50, signal),
};
const never = new AbortController().signal;

/** A crowd against a system that misbehaves so. */
async function crowd(faults: Faults, changes: Partial<CrowdOptions> = {}, stops = { arrivals: never, waiting: never }) {
  await using api = new FakeApi(faults);
  const url = await api.start();
  const options = { url, key: 'psk_local', buyers: 120, stock: 20, ratePerSecond: 40, quantity: 1, ...changes };
  const result = await runCrowd(options, { print: () => {}, arrivalsDone: () => {}, clock: hastyClock, stops });
  const broken = result.checks.filter(({ verdict }) => verdict === 'broken').map(({ name }) => name);
  return { result, broken, api };
}

describe('crowd against a fake system', () => {
  test('120 buyers for 20 units: sold 20 of 20, 100 refused as sold-out, all clean, the sale closed', async () => {
    const { result, broken, api } = await crowd({});
    expect(broken).toEqual([]);
    expect(result).toMatchObject({ sold: 20, accepted: 20, refused: 100, refusals: { 'sold-out': 100 }, clean: true });
    expect(result.arrivals.sent).toBe(120);
    expect(result.finalAnswer.count).toBe(120);
    expect(api.closed).toBe(true);
    expect(reportText(result)).toMatch(/^sold 20 of 20$/m);
    expect(reportText(result)).toMatch(/^p99 [\d.]+ ms /m);
  });

  test('every 3rd try 503: retried under the same key until answered, still one order a buyer', async () => {
    const { result, broken, api } = await crowd({ unavailableEvery: 3 }, { buyers: 30, stock: 10 });
    expect(broken).toEqual([]);
    expect(api.orders).toBe(10);
    expect(result.retries).toBeGreaterThanOrEqual(10);
    expect(result.statuses['503']).toBe(result.retries);
    expect(result.unresolved).toBe(0);
  });

  test('every 4th connection cut after the order took effect: the retry finds it, nothing is sold twice', async () => {
    const { result, broken, api } = await crowd({ cutEvery: 4 }, { buyers: 30, stock: 10 });
    expect(broken).toEqual([]);
    expect(api.orders).toBe(10);
    expect(result.retries).toBeGreaterThan(0);
    expect(result.sold).toBe(10);
  });

  test.each<[string, Faults, string[]]>([
    ['3 units sold twice', { oversell: 3 }, ['no unit is sold twice', 'never more sold than the stock']],
    ['a rejection while free', { rejectWhileFree: 1 }, ['none rejected while units are free', 'demand met: all is sold that can be']],
    ['2 units kept back', { keepBack: 2 }, ['demand met: all is sold that can be']],
    ['a report of one more than sold', { misreport: 1, keepBack: 1 }, ["the system's report agrees with the buyers"]],
    ['a finding of the audit', { dirtyAudit: true }, ["the system's audit is clean"]],
    ['an answer 500', { failEvery: 50 }, ['no unexpected answer']],
  ])('%s is noticed', async (_, faults, expected) => {
    const { result, broken } = await crowd(faults, { buyers: 60 });
    expect(result.clean).toBe(false);
    for (const name of expected) expect(broken).toContain(name);
    expect(reportText(result)).toContain('AN INVARIANT IS BROKEN');
  });

  test('an accepted order that is forgotten is noticed once the patience is over', async () => {
    const { broken } = await crowd({ forget: 1 }, { buyers: 30, stock: 5 });
    expect(broken).toContain('no accepted order vanished');
  });

  test('stopped arrivals are reported with what was done until then', async () => {
    const { result, broken } = await crowd({}, { buyers: 5000, ratePerSecond: 20 }, { arrivals: AbortSignal.timeout(100), waiting: never });
    expect(broken).toEqual([]);
    expect(result.interrupted).toBe(true);
    expect(result.arrivals.sent).toBeGreaterThan(0);
    expect(result.arrivals.sent).toBeLessThan(2500);
  });

  test('a refused key ends the run with the status', async () => {
    await expect(crowd({ refuseKey: true })).rejects.toMatchObject({ name: 'UnexpectedAnswerError', status: 401 });
  });

  test('a system that is not there ends the run as unreachable', async () => {
    const api = new FakeApi();
    const url = await api.start();
    await api[Symbol.asyncDispose]();
    const options = { url, key: 'psk_local', buyers: 1, stock: 1, ratePerSecond: 1, quantity: 1 };
    const run = runCrowd(options, {
      print: () => {},
      arrivalsDone: () => {},
      clock: hastyClock,
      stops: { arrivals: never, waiting: never },
    });
    await expect(run).rejects.toMatchObject({ name: 'UnreachableError' });
  });
});
