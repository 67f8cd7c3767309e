import { describe, expect, test } from '@jest/globals';
import type { Outcome } from '../../../local/functions/function-host.ts';
import { localLimits } from '../../../local/local-limits.ts';
import { StreamMapping, type StreamMappingSettings } from '../../../local/streams/stream-mapping.ts';
import { type EngineRecord, streamRecord } from '../../../local/streams/stream-record.ts';

interface SeenEvent {
  readonly Records: { readonly dynamodb: { readonly SequenceNumber: string } }[];
  readonly shardId?: string;
  readonly state?: unknown;
  readonly window?: { readonly start: string; readonly end: string };
  readonly isFinalInvokeForWindow?: boolean;
}

const record = (sequence: number, bytes = 1): EngineRecord => ({
  eventID: String(sequence),
  eventName: 'INSERT',
  eventVersion: '1.1',
  dynamodb: { SequenceNumber: String(sequence), NewImage: { x: { S: 'x'.repeat(bytes) } } },
});
const answered = (payload: unknown): Outcome => ({ kind: 'answered', payload: JSON.stringify(payload) });
const windowStartMs = Date.UTC(2026, 10, 22, 10);

/** Runs a mapping over these reads, one a poll, until the function has seen so many events. */
async function run(
  reads: (readonly EngineRecord[])[],
  wanted: number,
  answer: (event: SeenEvent, index: number) => Outcome | Promise<Outcome> = () => answered({ state: {} }),
  settings: Partial<StreamMappingSettings> = {},
  nowMs: () => number = () => windowStartMs + 1000,
) {
  const events: SeenEvent[] = [];
  const lines: string[] = [];
  const counts: number[] = [];
  const enough = Promise.withResolvers<void>();
  const mapping = new StreamMapping({
    mapping: { streamArn: 'arn:s', region: 'us-east-1', batchRecords: 100, windowSeconds: 60, ...settings },
    stream: {
      shardId: 'shard-1',
      read: (count) => {
        counts.push(count);
        return Promise.resolve(reads.shift() ?? []);
      },
    },
    invoke: async (payload) => {
      const event = JSON.parse(payload) as SeenEvent;
      events.push(event);
      if (events.length >= wanted) enough.resolve();
      return answer(event, events.length - 1);
    },
    report: (line) => void lines.push(line),
    nowMs,
  });
  mapping.start();
  await enough.promise;
  await mapping.stop();
  return { events, lines, counts };
}

const sequences = (events: readonly SeenEvent[]) =>
  events.map(({ Records }) => Records.map(({ dynamodb }) => Number(dynamodb.SequenceNumber)));

describe('a mapping of a stream', () => {
  test('a record has the members and spellings of Lambda', () => {
    expect(streamRecord(record(7), 'arn:s', 'us-east-1')).toEqual({
      eventID: '7',
      eventName: 'INSERT',
      eventVersion: '1.1',
      dynamodb: { SequenceNumber: '7', NewImage: { x: { S: 'x' } } },
      eventSource: 'aws:dynamodb',
      awsRegion: 'us-east-1',
      eventSourceARN: 'arn:s',
    });
  });

  test('hands records on in their order, and with a window names it, the shard and the state of the last answer', async () => {
    const { events, counts } = await run([[record(1), record(2)], [record(3)]], 2, (_, index) => answered({ state: { seen: index } }));
    expect(sequences(events)).toEqual([[1, 2], [3]]);
    expect(counts[0]).toBe(100);
    expect(events[1]).toMatchObject({
      shardId: 'shard-1',
      state: { seen: 0 },
      window: { start: '2026-11-22T10:00:00.000Z', end: '2026-11-22T10:01:00.000Z' },
      isFinalInvokeForWindow: false,
    });
  });

  test('a batch that fails, is not answered, or has no state comes again before anything behind it', async () => {
    const outcomes = [{ kind: 'failed' } as unknown as Outcome, answered(null), answered({}), answered({ state: {} })];
    const { events, lines } = await run([[record(1)], [record(2)]], 5, (_, index) => outcomes[index] ?? answered({ state: {} }));
    expect(sequences(events)).toEqual([[1], [1], [1], [1], [2]]);
    expect(lines.filter((line) => line.includes('without `state`'))).toHaveLength(2);
  });

  test('without a window an answer needs no state, and events have no shard', async () => {
    const { events } = await run([[record(1)], [record(2)]], 2, () => answered(null), { windowSeconds: 0 });
    expect(sequences(events)).toEqual([[1], [2]]);
    expect(events[0]).not.toHaveProperty('shardId');
  });

  test('a window that had records ends with an event without any; the next one begins with an empty state', async () => {
    let now = windowStartMs + 1000;
    const answer = (event: SeenEvent) => {
      now += 60_000;
      return answered({ state: { of: event.Records.length } });
    };
    const { events } = await run([[record(1)], [], [record(2)]], 3, answer, {}, () => now);
    expect(events.map(({ Records, state, isFinalInvokeForWindow }) => [Records.length, state, isFinalInvokeForWindow])).toEqual([
      [1, {}, false],
      [0, { of: 1 }, true],
      [1, {}, false],
    ]);
  });

  test('6 MB of records are more than one event', async () => {
    const large = [1, 2, 3].map((sequence) => record(sequence, localLimits.invocationPayloadBytes / 2 - 2000));
    const { events } = await run([large], 2);
    expect(sequences(events)).toEqual([[1, 2], [3]]);
  });
});
