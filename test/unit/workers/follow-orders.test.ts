import { describe, expect, test } from '@jest/globals';
import type { OrderChange } from '../../../lambdas/domain/books/count-changes.ts';
import type { OrderEvent } from '../../../lambdas/domain/events/order-events.ts';
import { CorruptionError, UnavailableError } from '../../../lambdas/domain/kernel/faults.ts';
import { streamFunction, type StreamRecord } from '../../../lambdas/runtime/stream-function.ts';
import type { Order } from '../../../lambdas/domain/orders/order.ts';
import { allowanceKey } from '../../../lambdas/stores/dynamodb/keys.ts';
import { orderOfImage } from '../../../lambdas/stores/dynamodb/order-image.ts';
import { toOrderItem } from '../../../lambdas/stores/dynamodb/order-item.ts';
import { followOrders } from '../../../lambdas/workers/follow-orders.ts';
import { heldOrder } from '../../support/builders.ts';
import { RecordingLog } from '../../support/fakes-log.ts';
import { CountingMeter } from '../../support/fakes-meter.ts';

const held = heldOrder();
const expired = { ...held, state: 'expired' as const, version: 2 };
const records: StreamRecord[] = [
  { dynamodb: { SequenceNumber: '1', NewImage: toOrderItem(held) } },
  { dynamodb: { SequenceNumber: '2', NewImage: { ...allowanceKey('drop', 'ann'), u: { N: '1' } } } },
  { dynamodb: { SequenceNumber: '3', OldImage: toOrderItem(held), NewImage: toOrderItem(expired) } },
];

/** What was done with a batch, in order; a step that is named in `failing` fails. */
async function run(batch: readonly StreamRecord[], failing?: 'count' | 'apply' | 'publish') {
  const steps: string[] = [];
  const counted: OrderChange[] = [];
  const applied: Order[] = [];
  const published: OrderEvent[] = [];
  const corrupt: [CorruptionError, string][] = [];
  const step = <T>(name: string, kept: T[], given: readonly T[]): Promise<void> => {
    steps.push(name);
    if (name === failing) return Promise.reject(new UnavailableError('ledger', name));
    kept.push(...given);
    return Promise.resolve();
  };
  const handle = followOrders({
    count: (_, changes) => step('count', counted, changes),
    apply: (images) => step('apply', applied, images),
    publisher: { publish: (events) => step('publish', published, events) },
    orderOf: orderOfImage,
    onCorruption: (error, sequence) => void corrupt.push([error, sequence]),
  });
  const ended = await handle('shard', batch).then(
    () => 'done',
    (error: Error) => error.message,
  );
  return { ended, steps, counted, applied, published, corrupt };
}

describe('a batch of the stream', () => {
  test('is the changes of orders, with both images; an allowance is none', async () => {
    const { counted } = await run(records);
    expect(counted).toEqual([
      { sequence: '1', after: held },
      { sequence: '3', before: held, after: expired },
    ]);
  });

  test('is counted, then the gate is told of each new image, then its events are published', async () => {
    const { steps, applied, published } = await run(records);
    expect(steps).toEqual(['count', 'apply', 'publish']);
    expect(applied).toEqual([held, expired]);
    expect(published.map(({ id, type }) => [id, type])).toEqual([
      [`${held.orderId}.1`, 'order.held'],
      [`${held.orderId}.2`, 'order.expired'],
    ]);
  });

  test('twice has events of the same ids', async () => {
    const [first, second] = [await run(records), await run(records)];
    expect(second.published).toEqual(first.published);
  });

  test.each([
    ['count', ['count']],
    ['apply', ['count', 'apply']],
    ['publish', ['count', 'apply', 'publish']],
  ] as const)('comes again when the step %s fails, and nothing behind it is done', async (failing, steps) => {
    expect(await run(records, failing)).toMatchObject({ ended: failing, steps });
  });

  test('of the house, or of no order, has nothing to publish', async () => {
    const house = { ...held, customerId: '', state: 'withdrawn' as const };
    expect((await run([{ dynamodb: { SequenceNumber: '1', NewImage: toOrderItem(house) } }])).steps).toEqual(['count', 'apply']);
  });

  test('with an image that is no order: that one is told and left out, all others are counted, applied and published', async () => {
    const broken = { dynamodb: { SequenceNumber: '2', NewImage: { pk: { S: 'x' }, sk: { S: 'y' } } } };
    const { counted, applied, published, corrupt } = await run([...records, broken]);
    expect([counted.length, applied.length, published.length]).toEqual([2, 2, 2]);
    expect(corrupt).toEqual([[expect.any(CorruptionError), '2']]);
  });
});

describe('the wrapper of stream consumers', () => {
  const serve = (handle: (shardId: string, batch: readonly StreamRecord[]) => Promise<void>) => {
    const [log, meter] = [new RecordingLog(), new CountingMeter()];
    return { log, meter, handler: streamFunction({ handle, log, meter }) };
  };

  test('hands on shard and records, answers with a state, logs one line, flushes', async () => {
    const seen: unknown[] = [];
    const { handler, log, meter } = serve((...args) => Promise.resolve(void seen.push(args)));
    expect(await handler({ Records: records, shardId: 's1' })).toEqual({ state: {} });
    expect(seen).toEqual([['s1', records]]);
    expect([log.infos.length, meter.flushes]).toEqual([1, 1]);
  });

  test('the end of a window has no records and asks nothing of anybody', async () => {
    const { handler } = serve(() => Promise.reject(new Error('not expected')));
    expect(await handler({ Records: [], shardId: 's1' })).toEqual({ state: {} });
  });

  test('what fails is logged and thrown, so that the batch comes again', async () => {
    const { handler, log, meter } = serve(() => Promise.reject(new UnavailableError('ledger', 'away')));
    await expect(handler({ Records: records, shardId: 's1' })).rejects.toThrow(UnavailableError);
    expect(log.errors).toEqual([
      { message: 'batch failed: it comes again', error: expect.any(UnavailableError), facts: { shardId: 's1', records: 3 } },
    ]);
    expect(meter.flushes).toBe(1);
  });
});
