import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { limits } from '../../../lambdas/contracts/limits.ts';
import { createLog } from '../../../lambdas/runtime/log.ts';

/** Powertools then writes through the console it is given, not to the process's own output. */
const settings = { POWERTOOLS_DEV: 'true' };
const before = { ...process.env };
let lines: string[];

beforeEach(() => {
  Object.assign(process.env, settings);
  lines = [];
  for (const level of ['info', 'error'] as const)
    jest.spyOn(console, level).mockImplementation((line: unknown) => void lines.push(String(line)));
});
afterEach(() => {
  jest.restoreAllMocks();
  for (const name of Object.keys(settings)) delete process.env[name];
  Object.assign(process.env, before);
});

const line = (): { readonly error: Record<string, unknown> } & Record<string, unknown> => JSON.parse(lines[0] ?? '') as never;

test('a line has the function, a constant message and the facts', () => {
  createLog('orders').info('request', { status: 202 });
  expect(line()).toMatchObject({ level: 'INFO', service: 'penstock', operation: 'orders', message: 'request', status: 202 });
});

test('an error is its name, message, stack and cause, and so is the cause', () => {
  const error = new TypeError('outer', { cause: new RangeError('inner') });
  createLog('orders').error('unexpected error', error, { requestId: 'r1' });
  expect(line()).toMatchObject({ level: 'ERROR', message: 'unexpected error', requestId: 'r1' });
  expect(line().error).toEqual({
    name: 'TypeError',
    message: 'outer',
    stack: expect.stringContaining('log.test.ts'),
    cause: { name: 'RangeError', message: 'inner', stack: expect.stringContaining('log.test.ts') },
  });
});

test('nothing of the items that an SDK error carries, or of the command that a Redis error carries, is in the line', () => {
  const cancelled = new TransactionCanceledException({
    message: 'Transaction cancelled [ConditionalCheckFailed]',
    $metadata: {},
    CancellationReasons: [{ Code: 'ConditionalCheckFailed', Item: { customerId: { S: 'ann@example.com' } } }],
  });
  const refused = Object.assign(new Error('WRONGTYPE'), { name: 'ReplyError', command: { name: 'evalsha', args: ['ann@example.com'] } });
  const log = createLog('commit');
  log.error('message failed', cancelled);
  log.error('message failed', new Error('Redis refused reserve', { cause: refused }));
  expect(lines).toHaveLength(2);
  expect(lines.join()).toContain('Transaction cancelled');
  expect(lines.join()).toContain('WRONGTYPE');
  expect(lines.join()).not.toContain('ann@');
});

test('what was thrown and is no error is named by its kind; only a text is told', () => {
  const log = createLog('commit');
  log.error('message failed', { customerId: 'ann' });
  log.error('message failed', 'a text');
  expect(lines.map((text) => (JSON.parse(text) as { error: unknown }).error)).toEqual([
    { name: 'object', message: '' },
    { name: 'string', message: 'a text' },
  ]);
});

test('causes that go round in a circle end', () => {
  const error = new Error('round');
  error.cause = error;
  createLog('commit').error('message failed', error);
  expect([...(lines[0] ?? '').matchAll(/"message": ?"round"/g)]).toHaveLength(limits.loggedCauses + 1);
});
