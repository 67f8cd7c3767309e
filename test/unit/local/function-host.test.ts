import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { FunctionHost } from '../../../local/functions/function-host.ts';
import { FunctionFailed, type FunctionRunner, type Isolation } from '../../../local/functions/function-runner.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

type Run = (payload: string) => Promise<string>;

/** A runner that runs `run`; ends when terminated or told to. */
class ScriptedRunner implements FunctionRunner {
  readonly ended: Promise<string>;
  readonly run: Run;
  readonly utilization = () => 0;
  #end: (reason: string) => void = () => undefined;

  readonly #created: () => Promise<void>;

  constructor(run: Run, created: () => Promise<void>) {
    this.run = run;
    this.#created = created;
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }
  create(): Promise<void> {
    return this.#created();
  }
  invoke(_: number, payload: string): Promise<string> {
    return this.run(payload);
  }
  terminate(): Promise<void> {
    this.die('terminated');
    return Promise.resolve();
  }
  die(reason: string): void {
    this.#end(reason);
  }
}

interface HostOptions {
  readonly created?: () => Promise<void>;
  readonly isolation?: Isolation;
}

function host(run: Run, { created = () => Promise.resolve(), isolation = 'thread' }: HostOptions = {}) {
  const threads: ScriptedRunner[] = [];
  const lines: string[] = [];
  const made = new FunctionHost({
    label: 'orders',
    timeoutSeconds: 3,
    environments: 64,
    isolation,
    report: (line) => lines.push(line),
    start: () => {
      const thread = new ScriptedRunner(run, created);
      threads.push(thread);
      return thread;
    },
  });
  return { made, threads, lines };
}
const never = () => new Promise<string>(() => undefined);

describe('a function', () => {
  test('answers with what its thread answers, and starts one thread for all', async () => {
    const { made, threads } = host((payload) => Promise.resolve(`"${payload}"`));
    expect(await made.invoke('1')).toEqual({ kind: 'answered', payload: '"1"' });
    expect(await made.invoke('2')).toEqual({ kind: 'answered', payload: '"2"' });
    expect(threads.length).toBe(1);
  });

  test('a thrown error is a failed invocation, and the environment serves on', async () => {
    let calls = 0;
    const { made, threads } = host(() =>
      calls++ === 0 ? Promise.reject(new FunctionFailed({ errorType: 'E', errorMessage: 'no' })) : Promise.resolve('1'),
    );
    expect(await made.invoke('{}')).toEqual({ kind: 'failed', error: { errorType: 'E', errorMessage: 'no' } });
    expect(await made.invoke('{}')).toEqual({ kind: 'answered', payload: '1' });
    expect(threads.length).toBe(1);
  });

  test('after its timeout the thread is ended, the events in it crash, and the next event starts another', async () => {
    let calls = 0;
    const { made, threads, lines } = host(() => (calls++ < 2 ? never() : Promise.resolve('1')));
    const late = made.invoke('{}');
    await jest.advanceTimersByTimeAsync(1000);
    const bystander = made.invoke('{}');
    await jest.advanceTimersByTimeAsync(1999);
    expect(threads.length).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(await late).toEqual({ kind: 'timed-out' });
    expect(await bystander).toEqual({ kind: 'crashed', reason: 'terminated' });
    expect(lines[0]).toContain('orders: Task timed out after 3 seconds');
    expect(await made.invoke('{}')).toEqual({ kind: 'answered', payload: '1' });
    expect(threads.length).toBe(2);
  });

  test('a thread that dies before its first environment is not started over and over for one event', async () => {
    const { made, threads } = host(never, { created: () => new Promise(() => undefined) });
    const invocation = made.invoke('{}');
    const [thread] = threads;
    if (thread === undefined) throw new Error('no thread was started');
    thread.die('out of memory');
    expect(await invocation).toEqual({ kind: 'crashed', reason: 'out of memory' });
    expect(threads.length).toBe(1);
  });

  test('events that wait while the thread dies go to its successor', async () => {
    let calls = 0;
    const { made, threads } = host(() => (calls++ === 0 ? never() : Promise.resolve('1')));
    const all = Array.from({ length: 3 }, () => made.invoke('{}'));
    await jest.advanceTimersByTimeAsync(0);
    threads[0]?.die('killed');
    await jest.advanceTimersByTimeAsync(100);
    expect(await Promise.all(all)).toEqual([
      { kind: 'crashed', reason: 'killed' },
      { kind: 'answered', payload: '1' },
      { kind: 'answered', payload: '1' },
    ]);
    expect(threads.length).toBe(2);
  });

  test('an event that waits for another environment of a thread that another event ends gets one of its successor', async () => {
    let creations = 0;
    let calls = 0;
    // The second environment is never ready: its thread is about to end.
    const created = () => (++creations === 2 ? new Promise<void>(() => undefined) : Promise.resolve());
    const { made, threads } = host(() => (calls++ === 0 ? never() : Promise.resolve('1')), { created });
    const late = made.invoke('{}');
    const waiting = made.invoke('{}');
    await jest.advanceTimersByTimeAsync(100);
    expect([creations, threads.length]).toEqual([2, 1]);
    threads[0]?.die('out of memory');
    await jest.advanceTimersByTimeAsync(100);
    expect(await late).toEqual({ kind: 'crashed', reason: 'out of memory' });
    expect(await waiting).toEqual({ kind: 'answered', payload: '1' });
    expect(threads.length).toBe(2);
  });

  test('once stopped it refuses', async () => {
    const { made, threads } = host(() => Promise.resolve('1'));
    await made.invoke('{}');
    await made.stop();
    expect(await made.invoke('{}')).toEqual({ kind: 'throttled' });
    expect(threads.length).toBe(1);
  });
});

describe('a function with a process for each environment', () => {
  const isolation = 'process';

  test('a killed one takes its own event with it and no other; the next event makes another', async () => {
    const answers: ((payload: string) => void)[] = [];
    const { made, threads, lines } = host(() => new Promise((resolve) => answers.push(resolve)), { isolation });
    const [first, second] = [made.invoke('1'), made.invoke('2')];
    await jest.advanceTimersByTimeAsync(100);
    expect(threads.length).toBe(2);
    threads[0]?.die('ended with status 137');
    expect(await first).toEqual({ kind: 'crashed', reason: 'ended with status 137' });
    expect(lines).toEqual(['orders: process ended (ended with status 137)']);
    answers[1]?.('"second"');
    expect(await second).toEqual({ kind: 'answered', payload: '"second"' });

    const [third, fourth] = [made.invoke('3'), made.invoke('4')];
    await jest.advanceTimersByTimeAsync(100);
    expect(threads.length).toBe(3);
    answers[2]?.('"third"');
    answers[3]?.('"fourth"');
    expect([await third, await fourth]).toEqual([
      { kind: 'answered', payload: '"third"' },
      { kind: 'answered', payload: '"fourth"' },
    ]);
  });

  test('one that dies idle is given to nobody', async () => {
    const { made, threads } = host(() => Promise.resolve('1'), { isolation });
    await made.invoke('{}');
    threads[0]?.die('killed');
    await jest.advanceTimersByTimeAsync(100);
    expect(await made.invoke('{}')).toEqual({ kind: 'answered', payload: '1' });
    expect(threads.length).toBe(2);
  });

  test('one whose initialisation fails is ended, and the next event tries again', async () => {
    let made = 0;
    const failure = new FunctionFailed({ errorType: 'E', errorMessage: 'no' });
    const created = () => (made++ === 0 ? Promise.reject(failure) : Promise.resolve());
    const { made: orders, threads, lines } = host(() => Promise.resolve('1'), { isolation, created });
    expect(await orders.invoke('{}')).toEqual({ kind: 'failed', error: failure.error });
    expect(lines).toEqual(['orders: process ended (terminated)']);
    const again = orders.invoke('{}');
    await jest.advanceTimersByTimeAsync(100);
    expect(await again).toEqual({ kind: 'answered', payload: '1' });
    expect(threads.length).toBe(2);
  });
});
