import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { FunctionHost } from '../../../local/functions/function-host.ts';
import { FunctionFailed, type FunctionThread } from '../../../local/functions/thread-connection.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

type Run = (payload: string) => Promise<string>;

/** A thread that runs `run`; ends when terminated or told to. */
class ScriptedThread implements FunctionThread {
  readonly ended: Promise<string>;
  readonly run: Run;
  readonly utilization = () => 0;
  #end: (reason: string) => void = () => undefined;

  readonly #created: Promise<void>;

  constructor(run: Run, created: Promise<void>) {
    this.run = run;
    this.#created = created;
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }
  create(): Promise<void> {
    return this.#created;
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

function host(run: Run, created: Promise<void> = Promise.resolve()) {
  const threads: ScriptedThread[] = [];
  const lines: string[] = [];
  const made = new FunctionHost({
    label: 'orders',
    timeoutSeconds: 3,
    environments: 64,
    report: (line) => lines.push(line),
    start: () => {
      const thread = new ScriptedThread(run, created);
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
    const { made, threads } = host(never, new Promise(() => undefined));
    const invocation = made.invoke('{}');
    const [thread] = threads;
    if (thread === undefined) throw new Error('no thread was started');
    thread.die('out of memory');
    expect(await invocation).toEqual({ kind: 'crashed', reason: 'out of memory' });
    expect(threads.length).toBe(1);
  });

  test('once stopped it refuses', async () => {
    const { made, threads } = host(() => Promise.resolve('1'));
    await made.invoke('{}');
    await made.stop();
    expect(await made.invoke('{}')).toEqual({ kind: 'throttled' });
    expect(threads.length).toBe(1);
  });
});
