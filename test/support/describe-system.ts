import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { Api } from './api.ts';
import type { RedisServer } from './redis-server.ts';
import { type RunningSystem, startSystem } from './running-system.ts';

const startMs = 90_000;
const stopMs = 30_000;

/** What a suite has of its system; there once its tests run. */
export interface SystemOfSuite {
  readonly url: string;
  readonly redis: RedisServer;
}

/** A suite with a whole system of its own: started before its tests, and ended after them, which must be with status 0. */
export function describeSystem(body: (api: Api, system: SystemOfSuite) => void): void {
  describe('a whole system', () => {
    let running: RunningSystem | undefined;
    const started = (): RunningSystem => {
      if (running === undefined) throw new Error('the system runs only while the tests of its suite do');
      return running;
    };
    const system: SystemOfSuite = {
      get url() {
        return started().url;
      },
      get redis() {
        return started().redis;
      },
    };

    beforeAll(async () => {
      running = await startSystem();
    }, startMs);
    afterAll(async () => {
      // Not there when it could not start; it has then been ended, and the suite failed.
      if (running !== undefined) expect(await running.stop()).toBe(0);
    }, stopMs);

    body(new Api(system), system);
  });
}
