import { describe, expect, test } from '@jest/globals';
import type { OrderChange } from '../../../lambdas/domain/books/count-changes.ts';
import { CorruptionError, UnavailableError } from '../../../lambdas/domain/kernel/faults.ts';
import { streamFunction, type StreamRecord } from '../../../lambdas/runtime/stream-function.ts';
import { allowanceKey } from '../../../lambdas/stores/dynamodb/keys.ts';
import { orderOfImage } from '../../../lambdas/stores/dynamodb/order-image.ts';
import { toOrderItem } from '../../../lambdas/stores/dynamodb/order-item.ts';
import { countOrders } from '../../../lambdas/workers/count-orders.ts';
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

async function run(batch: readonly StreamRecord[]) {
  const counted: OrderChange[] = [];
  const corrupt: [CorruptionError, string][] = [];
  const handle = countOrders({
    count: (_, changes) => Promise.resolve(void counted.push(...changes)),
    orderOf: orderOfImage,
    onCorruption: (error, sequence) => void corrupt.push([error, sequence]),
  });
  await handle('shard', batch);
  return { counted, corrupt };
}

describe('a batch of the stream', () => {
  test('is the changes of orders, with both images; an allowance is none', async () => {
    const { counted } = await run(records);
    expect(counted).toEqual([
      { sequence: '1', after: held },
      { sequence: '3', before: held, after: expired },
    ]);
  });

  test('with an image that is no order: that one is told and left out, all others are counted', async () => {
    const broken = { dynamodb: { SequenceNumber: '2', NewImage: { pk: { S: 'x' }, sk: { S: 'y' } } } };
    const { counted, corrupt } = await run([...records, broken]);
    expect(counted).toHaveLength(2);
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
