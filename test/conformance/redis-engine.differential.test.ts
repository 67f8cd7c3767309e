import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { type RedisService, serveRedis } from '../../local/redis-engine/serve.ts';
import { RawRedis } from '../support/raw-redis.ts';
import { available, startRedisServer, type RedisServer } from '../support/redis-server.ts';
import { describeWith } from '../support/skip.ts';

const seed = 20_261_123;
const runs = 1500;
const commandsPerRun = 30;

type Words = readonly string[];

/** Few, so that commands meet keys of other kinds, and one another's values. */
const key = fc.constantFrom('k1', 'k2', 'k3');
const field = fc.constantFrom('f', 'g', '');
const member = fc.constantFrom('a', 'b', '\xff', 'B', '');
const text = fc.constantFrom('', 'x', 'text', '10', '-3', '3.5', '\0\xff\r\n', '007');
const number = fc.constantFrom('0', '1', '-1', '2', '5', '17', '-100', '100', '1000');
const odd = fc.constantFrom('x', '', '01', '+1', ' 1', '1.5', '-0', '1e3');
const integer = fc.oneof({ weight: 9, arbitrary: number }, { weight: 1, arbitrary: odd });
const bit = fc.oneof({ weight: 9, arbitrary: fc.constantFrom('0', '1') }, { weight: 1, arbitrary: fc.constantFrom('2', '-1', 'x') });
const offset = fc.oneof(integer, fc.constantFrom('7', '8', '63', '4294967295', '4294967296', '536870911', '536870912'));
const score = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      '0',
      '1',
      '2',
      '-1',
      '1.5',
      '1763805600000',
      '1e3',
      '.5',
      '+3',
      '-inf',
      '+inf',
      'inf',
      '1e22',
      '0.1',
      '1e-7',
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .double({ noNaN: true })
      .map(String)
      .map((shown) => shown.replace('Infinity', 'inf')),
  },
  { weight: 1, arbitrary: fc.constantFrom('x', '', '1x', '- 1') },
);
const end = fc.oneof(
  score,
  score.map((at) => `(${at}`),
);
const many = <T>(of: fc.Arbitrary<T>, maxLength = 3) => fc.array(of, { maxLength });
const letters = (...words: string[]) => fc.constantFrom(...words, ...words.map((word) => word.toUpperCase()));

/** Each command with arguments that mostly fit it. */
const command: fc.Arbitrary<Words> = fc.oneof(
  fc.tuple(letters('get'), key),
  fc.tuple(letters('set'), key, text),
  fc.tuple(letters('set'), key, text, fc.constantFrom('NX', 'xx', 'PX', 'nonsense')),
  fc.tuple(letters('set'), key, text, fc.constantFrom('PX', 'ex'), fc.constantFrom('100000', '0', '-1', 'x')),
  fc.tuple(letters('set'), key, text, fc.constant('PX'), fc.constant('100000'), fc.constantFrom('NX', 'XX')),
  fc.tuple(letters('strlen'), key),
  fc.tuple(letters('getrange'), key, integer, integer),
  fc
    .tuple(letters('setrange'), key, fc.oneof(integer, fc.constantFrom('536870911', '536870912')), text)
    .filter(([, , at, of]) => at !== '536870911' || of !== 'x'),
  fc.tuple(letters('setbit'), key, fc.oneof(integer, fc.constantFrom('4294967296', '63')), bit),
  fc.tuple(letters('getbit'), key, offset),
  fc.tuple(letters('bitcount'), key, many(integer, 2)).map(([name, of, range]) => [name, of, ...range]),
  fc.tuple(letters('bitpos'), key, bit, many(integer, 2)).map(([name, of, wanted, range]) => [name, of, wanted, ...range]),
  fc.tuple(letters('hset'), key, many(field, 4)).map(([name, of, fields]) => [name, of, ...fields]),
  fc.tuple(letters('hset'), key, field, text),
  fc.tuple(letters('hget'), key, field),
  fc.tuple(letters('hmget'), key, many(field)).map(([name, of, fields]) => [name, of, ...fields]),
  fc.tuple(letters('hdel'), key, many(field)).map(([name, of, fields]) => [name, of, ...fields]),
  fc.tuple(letters('hexists'), key, field),
  fc.tuple(letters('hgetall'), key),
  fc.tuple(letters('hlen'), key),
  fc.tuple(letters('hincrby'), key, field, integer),
  fc.tuple(letters('zadd'), key, score, member),
  fc.tuple(letters('zadd'), key, fc.constantFrom('NX', 'xx'), score, member),
  fc
    .tuple(letters('zadd'), key, score, member, many(fc.oneof(score, member), 2))
    .map(([name, of, at, who, rest]) => [name, of, at, who, ...rest]),
  fc.tuple(letters('zrem'), key, many(member)).map(([name, of, members]) => [name, of, ...members]),
  fc.tuple(letters('zscore'), key, member),
  fc.tuple(letters('zmscore'), key, member, member),
  fc.tuple(letters('zscan', 'hscan'), key, fc.constantFrom('0', 'x')),
  fc.tuple(
    letters('zscan', 'hscan'),
    key,
    fc.constant('0'),
    fc.constantFrom('COUNT', 'count', 'nonsense'),
    fc.constantFrom('1000', '0', 'x'),
  ),
  fc.tuple(letters('zcard'), key),
  fc.tuple(letters('zrange'), key, integer, integer),
  fc.tuple(letters('zrange'), key, integer, integer, fc.constantFrom('WITHSCORES', 'withscores', 'nonsense')),
  fc.tuple(letters('zrangebyscore'), key, end, end),
  fc.tuple(letters('zrangebyscore'), key, end, end, fc.constant('WITHSCORES'), fc.constant('LIMIT'), integer, integer),
  fc.tuple(letters('zrangebyscore'), key, end, end, fc.constantFrom('LIMIT', 'nonsense')),
  fc.tuple(letters('zremrangebyscore'), key, end, end),
  fc.tuple(fc.constantFrom('del', 'UNLINK', 'exists'), many(key)).map(([name, keys]) => [name, ...keys]),
  fc.tuple(letters('pexpire'), key, fc.constantFrom('100000', '0', '-1', 'x')),
  fc.constantFrom<Words[]>(
    ['PING'],
    ['PING', 'x'],
    ['PING', 'x', 'y'],
    ['SELECT', '0'],
    ['SELECT', '1000'],
    ['SELECT', 'x'],
    ['READONLY'],
    ['no-such', 'a', 'b'],
    ['GET'],
  ),
);

/** Numbers as scripts meet them: as arguments, as results of arithmetic, as replies. */
const arithmetic = [
  'return ARGV[1] + 0',
  'return tostring(ARGV[1] + 0)',
  'return tostring(tonumber(ARGV[1]))',
  'return tostring(ARGV[1] / 3)',
  'return tostring(ARGV[1] * ARGV[2])',
  'return tostring(math.floor(ARGV[1] / 8))',
  "return string.format('%d:%.0f', ARGV[1] % 1000, ARGV[2])",
  "return string.format('%.17g', ARGV[1])",
  'return { ARGV[1] * 1, ARGV[2] * 1, tonumber(ARGV[1]) == tonumber(ARGV[2]) }',
  'return ARGV[1] .. 1 .. ARGV[2]',
  "redis.call('SET', KEYS[1], ARGV[1] * 1) return redis.call('GET', KEYS[1])",
  "redis.call('ZADD', KEYS[2], ARGV[1] * 1, 'm') return redis.call('ZSCORE', KEYS[2], 'm')",
  "redis.call('DEL', KEYS[1]) redis.call('HSET', KEYS[1], 1, ARGV[1] + 1) return redis.call('HGETALL', KEYS[1])",
  'local t = {} t[ARGV[1] * 1] = 1 for k in pairs(t) do return tostring(k) end',
  "local a, b = string.match(ARGV[1], '^(%d+)%.?(%d*)$') return { a or 'none', b or 'none' }",
  'return math.max(ARGV[1] * 1, ARGV[2] * 1)',
];

const conversions = [
  'return nil',
  'return true',
  'return false',
  'return {}',
  'return 3.99',
  'return -3.99',
  "return ''",
  'return {1, nil, 3}',
  "return {1, {2, {3, 'x'}}, false, true}",
  "return {ok = 'fine'}",
  "return {err = 'MINE bad'}",
  "return redis.status_reply('fine')",
  "return redis.error_reply('MINE bad')",
  "return redis.call('PING')",
  "return redis.call('SET', KEYS[1], 'v')",
  "return {redis.call('SET', KEYS[1], 'v'), redis.call('GET', KEYS[1])}",
  "return {redis.call('GET', KEYS[3]), type(redis.call('GET', KEYS[3])), redis.call('HMGET', KEYS[3], 'a', 'b')}",
  'return {KEYS[1], #KEYS, ARGV[1], #ARGV, ARGV[9]}',
  'return #ARGV[1]',
  'return {string.byte(ARGV[1], 1, -1)}',
  'return ARGV[1]',
  "redis.call('SET', KEYS[1], ARGV[1]) return redis.call('GETRANGE', KEYS[1], 0, -1)",
  "redis.call('DEL', KEYS[1]) redis.call('SETRANGE', KEYS[1], 3, 'x') return redis.call('GET', KEYS[1]) .. ARGV[1]",
  "error('boom')",
  "error({err = 'MINE bad'})",
  'error()',
  'local x = nil return x.y',
  'local x = 1 return x .. {}',
  'return nothing',
  'x = 1',
  'return ((',
  "return 'open",
  "redis.call('SET', KEYS[1], 'v') local r = redis.call('HGET', KEYS[1], 'f') return r",
  "redis.call('SET', KEYS[1], 'v') return redis.pcall('HGET', KEYS[1], 'f')",
  "redis.call('SET', KEYS[1], 'v') local r = redis.pcall('HGET', KEYS[1], 'f') return r.err",
  "local r = redis.call('NO-SUCH') return r",
  "local r = redis.call('GET') return r",
  'local r = redis.call() return r',
  "local r = redis.call('GET', {}) return r",
  "local r = redis.call('EVAL', 'return 1', 0) return r",
  "redis.call('SET', KEYS[1], 'before') error('after')",
  "local ok, e = pcall(error, 'in') return e",
  "local ok, e = pcall(redis.call, 'NO-SUCH') return {tostring(ok), type(e), e.err}",
  'return tostring(1e15)',
  'return tostring(1e14 + 0.5)',
  'return tostring(-0)',
  'return 10 / 2',
  'return tostring(10 / 2)',
  "return '10' + 5",
  'return 2 ^ 53',
  'return tostring(2 ^ 31)',
  'return 7 % -3',
  'return -7 % 3',
];

const digits = fc.oneof(
  fc.integer({ min: -1000, max: 1000 }).map(String),
  fc.integer({ min: 1_700_000_000_000, max: 1_800_000_000_000 }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -9e15, max: 9e15 }).map(String),
  fc.constantFrom('0', '1e3', '0x10', ' 7 ', '4503599627370497', '0.1', '1e-10', '123456789012345678'),
);

describeWith('redis-server', available(), () => {
  let server: RedisServer;
  let service: RedisService;
  let real: RawRedis;
  let ours: RawRedis;

  beforeAll(async () => {
    server = await startRedisServer({ cluster: false });
    service = await serveRedis({ cluster: false });
    [real, ours] = await Promise.all([RawRedis.open(server), RawRedis.open(service)]);
  }, 30_000);
  afterAll(async () => {
    real.close();
    ours.close();
    await Promise.all([server.stop(), service.stop()]);
  });

  /** Both get the commands on nothing stored, and must answer the same bytes. */
  async function same(commands: readonly Words[]): Promise<void> {
    const all = [['FLUSHALL'], ...commands];
    const [expected, answered] = await Promise.all([real.run(all), ours.run(all)]);
    expect(all.map((words, at) => [words, answered[at]])).toEqual(all.map((words, at) => [words, expected[at]]));
  }

  test(`${runs} random histories of up to ${commandsPerRun} commands are answered as redis-server does, byte for byte`, async () => {
    await fc.assert(fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: commandsPerRun, size: 'max' }), same), {
      seed,
      numRuns: runs,
    });
  }, 120_000);

  test.each(conversions)('script: %s', async (script) => {
    for (const argument of ['text', '\0a\u0001b\0', '\u0001', '\xff\xfe', ''])
      await same([['EVAL', script, '3', 'k1', 'k2', 'k3', argument]]);
  });

  test(`numbers in scripts: ${arithmetic.length} expressions of random numbers`, async () => {
    await fc.assert(
      fc.asyncProperty(digits, digits, (one, other) => same(arithmetic.map((script) => ['EVAL', script, '2', 'k1', 'k2', one, other]))),
      { seed, numRuns: 500 },
    );
  }, 60_000);

  test('SCRIPT and EVALSHA: digests, unknown ones, and counts of keys that are none', async () => {
    const digest = '3cf9ed9a4bd0be0c2ba4ed4ae3fd9c4d6d8e7b1a';
    await same([
      ['SCRIPT', 'LOAD', 'return KEYS[1]'],
      ['EVALSHA', '4a2267357833227dd98abdedb8cf24b15a986445', '1', 'k1'],
      ['EVALSHA', '4A2267357833227DD98ABDEDB8CF24B15A986445', '1', 'k1'],
      ['SCRIPT', 'EXISTS', '4a2267357833227dd98abdedb8cf24b15a986445', digest],
      ['EVALSHA', digest, '0'],
      ['EVAL', 'return 1', '2', 'k1'],
      ['EVAL', 'return 1', '-1'],
      ['EVAL', 'return 1', 'x'],
      ['EVAL', 'return 1'],
      ['SCRIPT', 'LOAD', 'return (('],
      ['SCRIPT', 'FLUSH'],
      ['EVALSHA', '4a2267357833227dd98abdedb8cf24b15a986445', '1', 'k1'],
    ]);
  });

  test('a script that fails half-way keeps what it did', async () => {
    await same([
      ['EVAL', "redis.call('SET', KEYS[1], 'kept') redis.call('HGET', KEYS[1], 'f')", '1', 'k1'],
      ['GET', 'k1'],
    ]);
  });

  test('users: who may sign in, run a command, touch a key', async () => {
    const rules = [
      'reset',
      'on',
      '>secret',
      '~app:*',
      '&*',
      '-@all',
      '+get',
      '+set',
      '+eval',
      '+ping',
      '+client|setname',
      '+auth',
      '+flushall',
      '+echo',
    ];
    await same([
      ['ACL', 'SETUSER', 'app', ...rules],
      ['ACL', 'SETUSER', 'app', '+no-such-command'],
      ['ACL', 'WHOAMI'],
      ['AUTH', 'app', 'wrong'],
      ['AUTH', 'nobody', 'secret'],
      ['AUTH', 'app', 'secret'],
      ['SET', 'app:1', 'v'],
      ['GET', 'other'],
      ['HGET', 'app:1', 'f'],
      ['CLIENT', 'SETNAME', 'x'],
      ['CLIENT', 'GETNAME'],
      ['EVAL', "local r = redis.call('GET', KEYS[1]) return r", '1', 'app:1'],
      ['EVAL', "local r = redis.call('GET', KEYS[1]) return r", '1', 'other'],
      ['EVAL', "local r = redis.call('HGET', KEYS[1], 'f') return r", '1', 'app:1'],
      ['AUTH', 'default', ''],
    ]);
  });
});
