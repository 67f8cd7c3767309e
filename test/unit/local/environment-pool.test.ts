import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { EnvironmentPool, type Lease } from '../../../local/functions/environment-pool.ts';
import { localLimits } from '../../../local/local-limits.ts';

const waitMs = 5000;
/** Long enough for a watch that finds somebody waiting. */
const growthMs = 2 * localLimits.growthWaitMs;

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function pool(over: Partial<ConstructorParameters<typeof EnvironmentPool>[0]> = {}) {
  const made: number[] = [];
  const environments = new EnvironmentPool({
    limit: 64,
    utilization: () => 0,
    create: (environment) => {
      made.push(environment);
      return Promise.resolve();
    },
    ...over,
  });
  return { environments, made };
}

/** The result of a lease once all timers due within `ms` have run; 'waiting' when there is none. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | 'waiting'> {
  let settled: T | 'waiting' = 'waiting';
  promise.then((value) => (settled = value)).catch(() => undefined);
  await jest.advanceTimersByTimeAsync(ms);
  return settled;
}

async function lease(environments: EnvironmentPool, ms = growthMs): Promise<Lease> {
  const result = await within(ms, environments.acquire(waitMs));
  if (typeof result === 'string') throw new Error(`a lease expected, got ${result}`);
  return result;
}

describe('environments', () => {
  test('the first request makes the first environment, at once', async () => {
    const { environments, made } = pool();
    expect((await lease(environments, 0)).environment).toBe(0);
    expect(made).toEqual([0]);
  });

  test('one event at a time: a second request gets another environment, a third after a release the first again', async () => {
    const { environments, made } = pool();
    const first = await lease(environments);
    expect((await lease(environments)).environment).toBe(1);
    first.release();
    expect((await lease(environments)).environment).toBe(0);
    expect(made).toEqual([0, 1]);
  });

  test('the most recently used is used first', async () => {
    const { environments } = pool();
    const [a, b, c] = [await lease(environments), await lease(environments), await lease(environments)];
    b.release();
    c.release();
    a.release();
    expect((await lease(environments)).environment).toBe(a.environment);
    expect((await lease(environments)).environment).toBe(c.environment);
    expect((await lease(environments)).environment).toBe(b.environment);
  });

  test('releasing twice is releasing once', async () => {
    const { environments } = pool();
    const first = await lease(environments);
    first.release();
    first.release();
    expect((await lease(environments)).environment).toBe(0);
    expect((await lease(environments)).environment).toBe(1);
  });

  test('a request that waits gets the environment that is released, and none is made for it', async () => {
    const { environments, made } = pool();
    const first = await lease(environments);
    const second = environments.acquire(waitMs);
    first.release();
    expect(await within(growthMs, second)).toMatchObject({ environment: 0 });
    expect(made).toEqual([0]);
  });

  test('64 at most: the 65th request waits 5 s and is then refused', async () => {
    const { environments, made } = pool();
    for (let count = 0; count < 64; count++) await lease(environments);
    const last = environments.acquire(waitMs);
    expect(await within(waitMs - 1, last)).toBe('waiting');
    expect(await within(1, last)).toBe('no environment free');
    expect(made.length).toBe(64);
  });

  test('a busy thread gets no more than 4, an idle one does', async () => {
    const busy = pool({ utilization: () => 1 });
    for (let count = 0; count < 4; count++) await lease(busy.environments);
    expect(await within(growthMs * 10, busy.environments.acquire(waitMs))).toBe('waiting');
    const idle = pool();
    for (let count = 0; count < 5; count++) await lease(idle.environments);
    expect(idle.made.length).toBe(5);
  });

  test('one is made at a time', async () => {
    let making = 0;
    let most = 0;
    const { environments } = pool({
      create: async () => {
        most = Math.max(most, ++making);
        await new Promise((resolve) => setTimeout(resolve, 100));
        making--;
      },
    });
    const all = Array.from({ length: 5 }, () => environments.acquire(waitMs));
    await jest.advanceTimersByTimeAsync(2000);
    await Promise.all(all);
    expect(most).toBe(1);
  });

  test('an initialisation that fails fails the request that waits longest; the next one tries again', async () => {
    let attempt = 0;
    const { environments } = pool({ create: () => (attempt++ === 0 ? Promise.reject(new Error('boom')) : Promise.resolve()) });
    const first = environments.acquire(waitMs);
    const second = environments.acquire(waitMs);
    await expect(first).rejects.toThrow('boom');
    expect(await within(growthMs, second)).toMatchObject({ environment: 1 });
    expect(environments.size).toBe(1);
  });

  test('one that is lost is given to nobody, free or leased, and does not count', async () => {
    const { environments, made } = pool({ limit: 2 });
    const [first, second] = [await lease(environments), await lease(environments)];
    first.release();
    environments.lose(first.environment);
    environments.lose(second.environment);
    second.release();
    expect(environments.size).toBe(0);
    expect((await lease(environments, 0)).environment).toBe(2);
    expect(made).toEqual([0, 1, 2]);
  });

  test('a request that waits for the only one gets another when it is lost', async () => {
    const { environments } = pool({ limit: 1 });
    const first = await lease(environments);
    const second = environments.acquire(waitMs);
    await within(growthMs, second);
    environments.lose(first.environment);
    expect(await within(growthMs, second)).toMatchObject({ environment: 1 });
  });

  test('a closed pool sends everybody away, those who wait too', async () => {
    const { environments } = pool({ limit: 1 });
    await lease(environments);
    const waiting = environments.acquire(waitMs);
    environments.close();
    expect(await waiting).toBe('no environment free');
    expect(await environments.acquire(waitMs)).toBe('no environment free');
  });
});
