import { describe, expect, test } from '@jest/globals';
import { checkStageConfig, stageConfig, stages } from '../../lib/config/stages.ts';

const { dev } = stages;

/** Each number: its path, the least and the greatest value. */
const ranges: readonly (readonly [string, number, number, (value: number) => unknown])[] = [
  ['pointInTimeRecoveryDays', 1, 35, (value) => ({ ...dev, pointInTimeRecoveryDays: value })],
  ['redis.shards', 1, 90, (value) => ({ ...dev, redis: { ...dev.redis, shards: value } })],
  ['redis.replicasPerShard', 0, 5, (value) => ({ ...dev, redis: { ...dev.redis, replicasPerShard: value } })],
  ['redis.snapshotDays', 0, 35, (value) => ({ ...dev, redis: { ...dev.redis, snapshotDays: value } })],
  ['memoryMb.http', 256, 3008, (value) => ({ ...dev, memoryMb: { ...dev.memoryMb, http: value } })],
  ['memoryMb.worker', 256, 3008, (value) => ({ ...dev, memoryMb: { ...dev.memoryMb, worker: value } })],
  ['guestsPerMinute', 1, 10_000, (value) => ({ ...dev, guestsPerMinute: value })],
  ['queueAgeAlarmSeconds', 30, 86_400, (value) => ({ ...dev, queueAgeAlarmSeconds: value })],
];

describe.each(ranges)('%s from %d to %d', (path, min, max, config) => {
  test('both ends are taken', () => {
    expect(checkStageConfig(config(min))).toEqual(config(min));
    expect(checkStageConfig(config(max))).toEqual(config(max));
  });
  test('one less is refused, naming the field, what it got and the least', () => {
    expect(() => checkStageConfig(config(min - 1))).toThrow(`  ${path}: got ${min - 1}. Too small: expected number to be >=${min}`);
  });
  test('one more is refused, naming the field, what it got and the most', () => {
    expect(() => checkStageConfig(config(max + 1))).toThrow(`  ${path}: got ${max + 1}. Too big: expected number to be <=${max}`);
  });
  test('a fraction is refused', () => {
    expect(() => checkStageConfig(config(min + 0.5))).toThrow(`${path}: got ${min + 0.5}. Invalid input: expected int, received number`);
  });
});

describe('texts', () => {
  const origin = (length: number): string[] => Array.from({ length }, (_, index) => `https://shop-${index}.example`);
  const certificate = 'arn:aws:acm:eu-west-1:000000000000:certificate/0a1b2c3d';
  test.each<[string, object]>([
    ['20 origins', { corsOrigins: origin(20) }],
    ['an origin with a port', { corsOrigins: ['http://localhost:5173'] }],
    ['a larger node', { redis: { ...dev.redis, nodeType: 'cache.r7g.2xlarge' } }],
    ['90 nodes', { redis: { ...dev.redis, shards: 45, replicasPerShard: 1 } }],
    ['Valkey', { redis: { ...dev.redis, engine: 'valkey' } }],
    ['a certificate', { entrance: { protocol: 'https', certificateArn: certificate } }],
    ['an address for alarms', { alarmEmail: 'duty@shop.example' }],
    ['logs for a year', { logRetentionDays: 365 }],
  ])('%s is taken', (_, change) => {
    expect(checkStageConfig({ ...dev, ...change })).toEqual({ ...dev, ...change });
  });
  test.each<[string, object, string]>([
    ['21 origins', { corsOrigins: origin(21) }, 'corsOrigins'],
    ['an origin with a path', { corsOrigins: ['https://shop.example/'] }, 'corsOrigins.0: got "https://shop.example/"'],
    ['any origin', { corsOrigins: ['*'] }, 'corsOrigins.0: got "*"'],
    ['an unknown engine', { redis: { ...dev.redis, engine: 'memcached' } }, 'redis.engine: got "memcached"'],
    [
      '92 nodes',
      { redis: { ...dev.redis, shards: 46, replicasPerShard: 1 } },
      'Too many nodes: shards × (1 + replicasPerShard) must be <=90',
    ],
    ['an Intel node', { redis: { ...dev.redis, nodeType: 'cache.m5.large' } }, 'redis.nodeType: got "cache.m5.large"'],
    [
      'a certificate of another service',
      { entrance: { protocol: 'https', certificateArn: 'arn:aws:iam::1:x' } },
      'entrance.certificateArn',
    ],
    ['a certificate for HTTP', { entrance: { protocol: 'http', certificateArn: certificate } }, 'entrance'],
    ['logs for 8 days', { logRetentionDays: 8 }, 'logRetentionDays: got 8. Invalid option: expected one of 7|30|90|365'],
    ['no address', { alarmEmail: 'duty' }, 'alarmEmail: got "duty". Invalid email address'],
    ['a misspelt field', { guestPerMinute: 5 }, 'Unrecognized key: "guestPerMinute"'],
  ])('%s is refused', (_, change, message) => {
    expect(() => checkStageConfig({ ...dev, ...change })).toThrow(message);
  });
  test('every fault is listed at once, and where to mend it', () => {
    expect(() => checkStageConfig({ ...dev, guestsPerMinute: 0, guests: 'maybe' })).toThrow(
      /guests: got "maybe".*\n.*guestsPerMinute: got 0.*\nFix it in lib\/config/,
    );
  });
});

describe('stages', () => {
  test.each(Object.keys(stages))('%s is valid', (name) => {
    expect(stageConfig(name)).toMatchObject({ stage: name });
  });
  test.each([['qa'], [''], [undefined], [1], ['toString']])('%p is refused with the list of those there are', (name) => {
    expect(() => stageConfig(name)).toThrow(/^Unknown stage: got .*, expected one of dev, prod\. Run again with -c stage=dev\.$/);
  });
});
