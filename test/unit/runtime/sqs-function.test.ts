import { describe, expect, test } from '@jest/globals';
import { metrics } from '../../../lambdas/contracts/metrics.ts';
import { CorruptionError, UnavailableError } from '../../../lambdas/domain/kernel/faults.ts';
import { type RecordHandler, retryDelaySeconds, type SqsEvent, sqsFunction } from '../../../lambdas/runtime/sqs-function.ts';
import { RecordingLog } from '../../support/fakes-log.ts';
import { CountingMeter } from '../../support/fakes-meter.ts';

function eventOf(...bodies: string[]): SqsEvent {
  return {
    Records: bodies.map((body, index) => ({
      messageId: `m${index}`,
      receiptHandle: `h${index}`,
      body,
      attributes: { ApproximateReceiveCount: String(index + 1) },
    })),
  };
}

function system(handle: RecordHandler, parallel = 10, putOffFails?: Error) {
  return systemOf(() => Promise.resolve(handle), parallel, putOffFails);
}

function systemOf(open: () => Promise<RecordHandler>, parallel = 10, putOffFails?: Error) {
  const log = new RecordingLog();
  const meter = new CountingMeter();
  const putOff: [string, number][] = [];
  const delay = {
    putOff: (receiptHandle: string, seconds: number) => {
      putOff.push([receiptHandle, seconds]);
      return putOffFails ? Promise.reject(putOffFails) : Promise.resolve();
    },
  };
  const handler = sqsFunction({ open, delay, parallel, log, meter });
  return { log, meter, putOff, run: (event: SqsEvent) => handler(event, {}) };
}

/** A record handler whose work the test ends by hand. */
function held() {
  const open: (() => void)[] = [];
  let most = 0;
  let now = 0;
  const handle: RecordHandler = async () => {
    now += 1;
    most = Math.max(most, now);
    await new Promise<void>((resolve) => {
      open.push(resolve);
    });
    now -= 1;
  };
  /** Ends everything that is open until nothing more begins. */
  const endAll = async () => {
    for (let end = open.shift(); end; end = open.shift()) {
      end();
      await new Promise(setImmediate);
    }
  };
  return { handle, open, endAll, most: () => most };
}

describe('a batch of messages', () => {
  test('gives back only what failed, however it failed', async () => {
    const { run, log } = system((body) => {
      if (body === 'throws') throw new TypeError('a bug');
      return body === 'away' ? Promise.reject(new UnavailableError('gate', 'away')) : Promise.resolve();
    }, 1);
    const result = await run(eventOf('ok', 'away', 'ok', 'throws', 'ok'));
    expect(result.batchItemFailures.map((failure) => failure.itemIdentifier).toSorted()).toEqual(['m1', 'm3']);
    expect(log.errors.map(({ message, facts }) => [message, facts])).toEqual([
      ['message put back: dependency unavailable', { messageId: 'm1', receives: '2', againInSeconds: retryDelaySeconds(2) }],
      ['message failed', { messageId: 'm3', receives: '4', againInSeconds: retryDelaySeconds(4) }],
    ]);
  });

  test('that meets stored data that contradicts an invariant counts an oversell for each such message, and for no other', async () => {
    const { run, meter } = system((body) => Promise.reject(body === 'corrupt' ? new CorruptionError('two owners') : new Error('a bug')));
    expect((await run(eventOf('corrupt', 'bug', 'corrupt'))).batchItemFailures).toHaveLength(3);
    expect(meter.counts).toEqual({ [metrics.oversell]: 2 });
    expect(meter.flushes).toBe(1);
  });

  test('that all goes well fails nothing, and leaves one log line and one flush', async () => {
    const { run, log, meter, putOff } = system(() => Promise.resolve());
    expect(await run(eventOf('a', 'b'))).toEqual({ batchItemFailures: [] });
    expect(log.infos).toEqual([{ message: 'batch', facts: { records: 2, failures: 0, durationMs: expect.any(Number) } }]);
    expect(log.errors).toEqual([]);
    expect(meter.flushes).toBe(1);
    expect(putOff).toEqual([]);
  });

  test('whose worker cannot be made is put off message by message, not refused as a whole, and the next batch makes it', async () => {
    const seen: string[] = [];
    let opens = 0;
    const { run, putOff, log } = systemOf(() => {
      opens += 1;
      if (opens <= 2) return Promise.reject(new UnavailableError('secrets', 'away'));
      return Promise.resolve((body) => {
        seen.push(body);
        return Promise.resolve();
      });
    });
    // The first try, begun at import, has failed before any message came.
    await new Promise(setImmediate);
    const failed = await run(eventOf('a', 'b'));
    expect(failed.batchItemFailures).toEqual([{ itemIdentifier: 'm0' }, { itemIdentifier: 'm1' }]);
    expect(putOff).toEqual([
      ['h0', 2],
      ['h1', 6],
    ]);
    expect(log.errors.map(({ message }) => message)).toEqual(Array(2).fill('message put back: dependency unavailable'));
    expect(await run(eventOf('a', 'b'))).toEqual({ batchItemFailures: [] });
    expect([seen, opens]).toEqual([['a', 'b'], 3]);
  });

  test('of none is answered', async () => {
    expect(await system(() => Promise.reject(new Error('called'))).run(eventOf())).toEqual({ batchItemFailures: [] });
  });

  test('works on 3 of 7 at once, never 4, and on every one', async () => {
    const { handle, open, endAll, most } = held();
    const running = system(handle, 3).run(eventOf(...'abcdefg'.split('')));
    await new Promise(setImmediate);
    expect(open).toHaveLength(3);
    await endAll();
    expect(await running).toEqual({ batchItemFailures: [] });
    expect(most()).toBe(3);
  });

  test('goes on with the next message where one failed', async () => {
    const seen: string[] = [];
    const { run } = system((body) => {
      seen.push(body);
      return body === 'a' ? Promise.reject(new Error('x')) : Promise.resolve();
    }, 1);
    await run(eventOf('a', 'b', 'c'));
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  test('puts what failed off by its receives, and nothing else', async () => {
    const { run, putOff } = system((body) => (body === 'bad' ? Promise.reject(new Error('x')) : Promise.resolve()));
    await run(eventOf('bad', 'ok', 'bad'));
    expect(putOff).toEqual([
      ['h0', 2],
      ['h2', 18],
    ]);
  });

  test('fails the message all the same where it cannot be put off, and says so', async () => {
    const cause = new Error('throttled');
    const { run, log } = system(() => Promise.reject(new Error('x')), 1, cause);
    expect(await run(eventOf('a'))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
    expect(log.errors[1]).toEqual({ message: 'message not put off', error: cause, facts: { messageId: 'm0' } });
  });

  test.each([
    [0, 2],
    [1, 2],
    [2, 6],
    [3, 18],
    [4, 54],
    [5, 162],
    [6, 180],
    [100, 180],
  ])('a message received %i times comes back after %i s', (receives, seconds) => {
    expect(retryDelaySeconds(receives)).toBe(seconds);
  });
});
