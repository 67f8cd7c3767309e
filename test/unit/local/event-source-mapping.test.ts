import { describe, expect, test } from '@jest/globals';
import type { Outcome } from '../../../local/functions/function-host.ts';
import { localLimits } from '../../../local/local-limits.ts';
import { failedMessages } from '../../../local/queues/batch-response.ts';
import { EventSourceMapping, type MappedQueue, type QueueMapping } from '../../../local/queues/event-source-mapping.ts';
import { queueRecord, type ReceivedMessage } from '../../../local/queues/queue-record.ts';

describe('the answer to a batch', () => {
  const batch = ['a', 'b', 'c'];
  test.each<[string, string, string[]]>([
    ['null', 'null', []],
    ['an empty object', '{}', []],
    ['an empty list', '{"batchItemFailures":[]}', []],
    ['a null list', '{"batchItemFailures":null}', []],
    ['one failure', '{"batchItemFailures":[{"itemIdentifier":"b"}]}', ['b']],
    ['an unknown id', '{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"z"}]}', batch],
    ['an empty id', '{"batchItemFailures":[{"itemIdentifier":""}]}', batch],
    ['a null id', '{"batchItemFailures":[{"itemIdentifier":null}]}', batch],
    ['a misspelt key', '{"batchItemFailures":[{"itemIdentifer":"b"}]}', batch],
    ['a list that is none', '{"batchItemFailures":"b"}', batch],
    ['a text', '"ok"', batch],
    ['no JSON', 'ok', batch],
  ])('%s', (_, payload, expected) => {
    expect(failedMessages(payload, batch)).toEqual(expected);
  });
});

test('a record has the members and spellings of Lambda', () => {
  const message = {
    MessageId: 'm',
    ReceiptHandle: 'r',
    Body: 'b',
    MD5OfBody: '5',
    Attributes: { ApproximateReceiveCount: '2' },
    MessageAttributes: { kind: { DataType: 'String', StringValue: 'x' } },
  };
  expect(queueRecord(message, 'arn:q', 'us-east-1')).toEqual({
    messageId: 'm',
    receiptHandle: 'r',
    body: 'b',
    attributes: { ApproximateReceiveCount: '2' },
    messageAttributes: { kind: { stringValue: 'x', stringListValues: [], binaryListValues: [], dataType: 'String' } },
    md5OfBody: '5',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:q',
    awsRegion: 'us-east-1',
  });
});

const message = (id: string, body = 'x'): ReceivedMessage => ({ MessageId: id, ReceiptHandle: `r-${id}`, Body: body, MD5OfBody: '' });
const messages = (count: number, body?: string) => Array.from({ length: count }, (_, index) => message(`m${index}`, body));
const mapping = (over: Partial<QueueMapping> = {}): QueueMapping => ({
  queueArn: 'arn:q',
  region: 'us-east-1',
  batchMessages: 10,
  windowSeconds: 0,
  partialFailures: true,
  ...over,
});

/** A queue that gives what it has; when that is all gone, a receive ends only with the mapping. `onReceive` runs first. */
class ListedQueue implements MappedQueue {
  readonly deleted: string[] = [];
  readonly waits: number[] = [];
  readonly #ready: ReceivedMessage[];
  readonly #onReceive: () => void;

  constructor(ready: ReceivedMessage[], onReceive: () => void = () => undefined) {
    this.#ready = ready;
    this.#onReceive = onReceive;
  }
  receive(count: number, waitSeconds: number, signal: AbortSignal): Promise<ReceivedMessage[]> {
    this.#onReceive();
    this.waits.push(waitSeconds);
    if (this.#ready.length > 0) return Promise.resolve(this.#ready.splice(0, count));
    if (waitSeconds < localLimits.receiveWaitSeconds) return Promise.resolve([]);
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
  }
  delete(receiptHandles: readonly string[]): Promise<void> {
    this.deleted.push(...receiptHandles);
    return Promise.resolve();
  }
}

/** Lets everything run that needs no clock. */
const settle = async () => {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
};

async function run(
  queue: ListedQueue,
  options: QueueMapping,
  answer: (records: { messageId: string }[]) => Promise<Outcome>,
  nowMs = () => 0,
) {
  const batches: string[][] = [];
  const lines: string[] = [];
  const started = new EventSourceMapping({
    mapping: options,
    queue,
    nowMs,
    report: (line) => lines.push(line),
    invoke: (payload) => {
      const { Records } = JSON.parse(payload) as { Records: { messageId: string }[] };
      batches.push(Records.map(({ messageId }) => messageId));
      return answer(Records);
    },
  });
  started.start();
  await settle();
  return { batches, lines, started };
}
const answered = (payload: string): Promise<Outcome> => Promise.resolve({ kind: 'answered', payload });

describe('an event source mapping', () => {
  test('hands over batches of the size asked for, and deletes what succeeded', async () => {
    const queue = new ListedQueue(messages(5));
    const { batches, started } = await run(queue, mapping({ batchMessages: 2 }), () => answered('null'));
    await started.stop();
    expect(batches.map((batch) => batch.length)).toEqual([2, 2, 1]);
    expect(queue.deleted.length).toBe(5);
  });

  test('leaves failed messages alone: their visibility brings them back', async () => {
    const queue = new ListedQueue(messages(3));
    const { started } = await run(queue, mapping(), () => answered('{"batchItemFailures":[{"itemIdentifier":"m1"}]}'));
    await started.stop();
    expect(queue.deleted).toEqual(['r-m0', 'r-m2']);
  });

  test('without ReportBatchItemFailures the answer does not matter', async () => {
    const queue = new ListedQueue(messages(2));
    const { started } = await run(queue, mapping({ partialFailures: false }), () =>
      answered('{"batchItemFailures":[{"itemIdentifier":"m1"}]}'),
    );
    await started.stop();
    expect(queue.deleted.length).toBe(2);
  });

  test.each<Outcome>([
    { kind: 'failed', error: { errorType: 'E', errorMessage: '' } },
    { kind: 'timed-out' },
    { kind: 'crashed', reason: '' },
    { kind: 'throttled' },
  ])('a batch that ends $kind is not deleted', async (outcome) => {
    const queue = new ListedQueue(messages(2));
    const { started } = await run(queue, mapping({ partialFailures: false }), () => Promise.resolve(outcome));
    await started.stop();
    expect(queue.deleted).toEqual([]);
  });

  test('more than 10 messages are deleted in tens', async () => {
    const queue = new ListedQueue(messages(25));
    const sizes: number[] = [];
    const remove = queue.delete.bind(queue);
    queue.delete = (handles) => (sizes.push(handles.length), remove(handles));
    const { started } = await run(queue, mapping({ batchMessages: 100, windowSeconds: 1 }), () => answered('null'), advancingClock(1000));
    await started.stop();
    expect(sizes.every((size) => size <= 10)).toBe(true);
    expect(queue.deleted.length).toBe(25);
  });

  test('without a window a lone message does not wait for others', async () => {
    const queue = new ListedQueue(messages(1));
    const { batches, started } = await run(queue, mapping(), () => answered('null'));
    await started.stop();
    expect(batches).toEqual([['m0']]);
    expect(queue.waits[0]).toBe(localLimits.receiveWaitSeconds);
  });

  test('a window is waited out for more messages, and no longer', async () => {
    const queue = new ListedQueue(messages(12));
    // The clock moves one second with each look: ten messages, then two, then the window of 3 s is over.
    const { batches, started } = await run(
      queue,
      mapping({ batchMessages: 100, windowSeconds: 3 }),
      () => answered('null'),
      advancingClock(1000),
    );
    await started.stop();
    expect(batches.map((batch) => batch.length)).toEqual([12]);
    expect(queue.waits[1]).toBeLessThanOrEqual(3);
  });

  test('a batch is closed before it passes 6 MB; the message that did not fit comes first in the next', async () => {
    const queue = new ListedQueue(messages(8, 'x'.repeat(1024 * 1024)));
    const { batches, started } = await run(queue, mapping(), () => answered('null'));
    await started.stop();
    expect(batches).toEqual([
      ['m0', 'm1', 'm2', 'm3', 'm4'],
      ['m5', 'm6', 'm7'],
    ]);
  });

  test.each([
    [2, 2],
    [undefined, localLimits.mappingStartBatches],
  ])('with MaximumConcurrency %s it begins with at most %d batches at once', async (maximumConcurrency, expected) => {
    const queue = new ListedQueue(messages(20));
    let atOnce = 0;
    const finish: (() => void)[] = [];
    const hang = () => {
      atOnce++;
      return new Promise<Outcome>((resolve) => finish.push(() => resolve({ kind: 'answered', payload: 'null' })));
    };
    const { started } = await run(
      queue,
      mapping({ batchMessages: 1, ...(maximumConcurrency === undefined ? {} : { maximumConcurrency }) }),
      hang,
    );
    expect(atOnce).toBe(expected);
    const stopped = started.stop();
    for (const end of finish) end();
    await stopped;
  });

  test('a backlog raises the batches at once with time', async () => {
    const queue = new ListedQueue(messages(20));
    const finish: (() => void)[] = [];
    const hang = () => new Promise<Outcome>((resolve) => finish.push(() => resolve({ kind: 'answered', payload: 'null' })));
    const { batches, started } = await run(queue, mapping({ batchMessages: 1, maximumConcurrency: 8 }), hang, advancingClock(1000));
    expect(batches.length).toBe(8);
    const stopped = started.stop();
    for (const end of finish) end();
    await stopped;
  });

  test('a receive that fails is reported, and does not end the mapping', async () => {
    let failures = 1;
    const queue = new ListedQueue(messages(1), () => {
      if (failures-- > 0) throw new Error('engine away');
    });
    const { lines, started } = await run(queue, mapping(), () => answered('null'));
    await started.stop();
    expect(lines).toEqual([expect.stringContaining('engine away')]);
  });
});

/** A clock that moves by `stepMs` each time it is read. */
function advancingClock(stepMs: number): () => number {
  let now = 0;
  return () => (now += stepMs);
}
