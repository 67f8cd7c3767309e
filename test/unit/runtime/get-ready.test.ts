import { describe, expect, test } from '@jest/globals';
import { getReady } from '../../../lambdas/runtime/get-ready.ts';

type Handler = (event: string, context: object) => Promise<string>;
const echo: Handler = (event) => Promise.resolve(`echo ${event}`);

/** Makes handlers by the given starts, one after the other. */
function starting(...starts: readonly (Handler | Error)[]) {
  let made = 0;
  const make = (): Promise<Handler> => {
    const start = starts[made];
    made += 1;
    if (start === undefined) return Promise.reject(new Error('one start too many'));
    return start instanceof Error ? Promise.reject(start) : Promise.resolve(start);
  };
  const ready = getReady(make);
  const handler: Handler = async (event, context) => (await ready())(event, context);
  return { handler, made: () => made };
}

describe('a handler that takes time to make', () => {
  test('is begun at import, and made once for all events', async () => {
    const { handler, made } = starting(echo);
    expect(made()).toBe(1);
    expect(await Promise.all([handler('a', {}), handler('b', {})])).toEqual(['echo a', 'echo b']);
    expect(made()).toBe(1);
  });

  test('that could not be made fails the event that waits for it, and is made anew by the next', async () => {
    const { handler, made } = starting(new Error('no secret'), echo);
    await expect(handler('a', {})).rejects.toThrow('no secret');
    expect(await handler('b', {})).toBe('echo b');
    expect(made()).toBe(2);
  });

  test('that failed before any event came is made anew by the first', async () => {
    const { handler, made } = starting(new Error('no secret'), new Error('still none'), echo);
    await new Promise(setImmediate);
    await expect(handler('a', {})).rejects.toThrow('still none');
    expect(await handler('b', {})).toBe('echo b');
    expect(made()).toBe(3);
  });

  test('keeps its place when an event fails', async () => {
    const { handler, made } = starting((event) => (event === 'bad' ? Promise.reject(new Error('bad')) : echo(event, {})));
    await expect(handler('bad', {})).rejects.toThrow('bad');
    expect(await handler('a', {})).toBe('echo a');
    expect(made()).toBe(1);
  });
});
