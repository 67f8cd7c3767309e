import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { keySlot } from '../../../local/redis-engine/key-slot.ts';
import { commands, RedisEngine } from '../../../local/redis-engine/redis-engine.ts';
import { ErrorReply, ok, type Reply } from '../../../local/redis-engine/reply.ts';
import { encodeReply, ProtocolError, RequestReader } from '../../../local/redis-engine/resp.ts';
import { formatNumber } from '../../../local/redis-engine/numbers.ts';
import { redisCommands } from '../../../lib/constructs/redis-access.ts';
import { ScriptHost } from '../../../local/redis-engine/script-host.ts';
import { requestOf } from '../../support/raw-redis.ts';

const textOf = (reply: Reply) => (reply instanceof ErrorReply ? reply.text : reply);

/** An engine whose clock stands until it is moved. */
function engineAt(options: { readonly journalWrites?: number; readonly cluster?: boolean } = {}) {
  const clock = { nowMs: 1_000_000 };
  const engine = new RedisEngine({
    nowMs: () => clock.nowMs,
    journalWrites: options.journalWrites ?? 0,
    ...(options.cluster ? { node: { host: 'nowhere', port: 1 } } : {}),
  });
  const run = (...words: string[]) => engine.call(words);
  return { clock, engine, run };
}

test('it has every command that the application’s user may run', () => {
  for (const granted of redisCommands) {
    const [name = '', part] = granted.split('|');
    expect([granted, name in commands]).toEqual([granted, true]);
    if (part !== undefined) expect(commands[name]?.parts).toContain(part);
  }
});

describe('keys of a script', () => {
  test('one that was not handed over is refused, whatever command touches it, and nothing is changed', () => {
    const { engine, run } = engineAt();
    for (const call of ["'SET', 'hidden', '1'", "'GET', 'hidden'", "'DEL', KEYS[1], 'hidden'", "'ZADD', 'hidden', 1, 'm'"])
      expect(textOf(run('EVAL', `local r = redis.call(${call}) return r`, '1', 'declared'))).toMatch(
        /^ERR Script attempted to access a key that is not one of its KEYS: hidden/,
      );
    expect(engine.snapshot()).toEqual({});
    expect(run('EVAL', "return redis.call('SET', KEYS[1], '1')", '1', 'declared')).toEqual(ok);
  });

  test('those of one call do not hold for the next', () => {
    const { run } = engineAt();
    run('EVAL', "return redis.call('SET', KEYS[1], '1')", '1', 'first');
    expect(textOf(run('EVAL', "return redis.call('GET', 'first')", '1', 'second'))).toMatch(/not one of its KEYS: first/);
  });

  test('in a cluster all keys of a command or a script lie in one slot', () => {
    const { run } = engineAt({ cluster: true });
    const crossSlot = "CROSSSLOT Keys in request don't hash to the same slot";
    expect(textOf(run('DEL', 'a', 'b'))).toBe(crossSlot);
    expect(textOf(run('EVAL', 'return 1', '2', 'a', 'b'))).toBe(crossSlot);
    expect(run('DEL', 'a{x}', 'b{x}')).toBe(0);
    expect(run('EVAL', 'return 1', '2', 'a{x}', 'b{x}')).toBe(1);
    expect(engineAt().run('DEL', 'a', 'b')).toBe(0);
  });

  test('slots are those of Redis', () => {
    // From Redis's own documentation and tests.
    expect(['123456789', 'foo', '{user1000}.following', 'foo{}{bar}', 'foo{{bar}}zap', 'foo{bar}{zap}', ''].map(keySlot)).toEqual([
      12_739,
      12_182,
      keySlot('user1000'),
      8363,
      keySlot('{bar'),
      keySlot('bar'),
      0,
    ]);
  });
});

describe('scripts', () => {
  test('a digest that nobody sent is NOSCRIPT; after a flush each is', () => {
    const { run } = engineAt();
    const digest = run('SCRIPT', 'LOAD', 'return 7') as string;
    expect(run('EVALSHA', digest, '0')).toBe(7);
    run('SCRIPT', 'FLUSH');
    expect(textOf(run('EVALSHA', digest, '0'))).toBe('NOSCRIPT No matching script. Please use EVAL.');
    expect(run('EVAL', 'return 7', '0')).toBe(7);
    expect(run('EVALSHA', digest, '0')).toBe(7);
  });

  test('nothing of the machine is in reach, and nothing stays behind from run to run', () => {
    const { run } = engineAt();
    for (const name of ['os', 'io', 'debug', 'require', 'package', 'print', 'dofile'])
      expect(textOf(run('EVAL', `return ${name}`, '0'))).toMatch(new RegExp(`nonexistent global variable '${name}'`));
    expect(textOf(run('EVAL', 'left = 1', '0'))).toMatch(/Attempt to modify a readonly table/);
    run('EVAL', 'KEYS[5] = "x" return 1', '1', 'k');
    expect(run('EVAL', 'return #KEYS', '0')).toBe(0);
  });

  test('12,000 arguments and texts of a megabyte, zero bytes included, come through as they are', () => {
    const { run } = engineAt();
    const many = Array.from({ length: 12_000 }, (_, at) => (at % 7 === 0 ? `\0${at}\u0001` : String(at)));
    expect(run('EVAL', "return table.concat(ARGV, ',')", '0', ...many)).toBe(many.join(','));
    const large = 'x\0\u0001\u00ff'.repeat(300_000);
    expect(run('EVAL', "redis.call('SET', KEYS[1], ARGV[1]) return redis.call('GET', KEYS[1])", '1', 'k', large)).toBe(large);
  });

  test('a run that fills the memory ends with an error, and the next one is well', () => {
    const { run } = engineAt();
    expect(textOf(run('EVAL', "local text = 'x' while true do text = text .. text end", '0'))).toMatch(/not enough memory/);
    expect(run('EVAL', 'return 1', '0')).toBe(1);
  });

  test('a fault of the engine within a script is no error of the script: it is thrown, and the next run is well', () => {
    const broken = new ScriptHost(() => {
      throw new RangeError('broken');
    });
    const digest = broken.load("return redis.pcall('GET', 'k')");
    expect(() => broken.run(digest, [], [])).toThrow(RangeError);
    expect(engineAt().run('EVAL', 'return 1', '0')).toBe(1);
  });

  test('the time does not pass within a script', () => {
    const { clock, engine, run } = engineAt();
    run('SET', 'k', 'v', 'PX', '5');
    let asked = 0;
    const impatient = new RedisEngine({ nowMs: () => clock.nowMs + 10 * (asked += 1) });
    impatient.call(['SET', 'k', 'v', 'PX', '15']);
    expect(
      impatient.call([
        'EVAL',
        "return { redis.call('EXISTS', KEYS[1]), redis.call('PTTL', KEYS[1]), redis.call('PTTL', KEYS[1]) }",
        '1',
        'k',
      ]),
    ).toEqual([1, 5, 5]);
    expect(engine.call(['PTTL', 'k'])).toBe(5);
  });
});

describe('time', () => {
  test('a key with 100 ms is there at 100 and gone at 101, by the clock it was given', () => {
    const { clock, run } = engineAt();
    run('SET', 'k', 'v', 'PX', '100');
    clock.nowMs += 100;
    expect([run('GET', 'k'), run('PTTL', 'k')]).toEqual(['v', 0]);
    clock.nowMs += 1;
    expect([run('GET', 'k'), run('PTTL', 'k'), run('SET', 'k', 'w', 'NX'), run('PTTL', 'k')]).toEqual([null, -2, ok, -1]);
  });

  test('expired keys that nobody asks for are dropped in the end', () => {
    const { clock, engine, run } = engineAt();
    for (let at = 0; at < 9999; at += 1) run('SET', `rate:${at}`, '1', 'PX', '10');
    clock.nowMs += 11;
    run('SET', 'last', '1');
    // The snapshot shows none either way: what is looked at is the memory, by a clock set back.
    clock.nowMs -= 11;
    expect(Object.keys(engine.snapshot())).toEqual(['last']);
  });
});

describe('taking writes back', () => {
  const key = fc.constantFrom('k1', 'k2');
  const write = fc.oneof(
    fc.tuple(fc.constant('SET'), key, fc.constantFrom('a', 'longer')),
    fc.tuple(fc.constant('SET'), key, fc.constant('b'), fc.constant('PX'), fc.constant('1000')),
    fc.tuple(fc.constant('SETBIT'), key, fc.constantFrom('0', '9', '70'), fc.constantFrom('0', '1')),
    fc.tuple(fc.constant('SETRANGE'), key, fc.constantFrom('0', '3', '40'), fc.constantFrom('xy', '\0')),
    fc.tuple(fc.constant('HSET'), key, fc.constantFrom('f', 'g'), fc.constantFrom('1', '2')),
    fc.tuple(fc.constant('HDEL'), key, fc.constantFrom('f', 'g')),
    fc.tuple(fc.constant('ZADD'), key, fc.constantFrom('1', '2'), fc.constantFrom('m', 'n')),
    fc.tuple(fc.constant('ZREM'), key, fc.constantFrom('m', 'n')),
    fc.tuple(fc.constant('PEXPIRE'), key, fc.constantFrom('500', '0')),
    fc.tuple(fc.constant('DEL'), key),
    fc.constant(['FLUSHALL']),
    fc.constant(['EVAL', "redis.pcall('SET', KEYS[1], 'both') redis.pcall('HINCRBY', KEYS[2], 'f', 1)", '2', 'k1', 'k2']),
  );

  test('after any writes, taking the last n back leaves what was there before them', () => {
    fc.assert(
      fc.property(fc.array(write, { minLength: 1, maxLength: 30 }), fc.nat(), (writes, pick) => {
        const { clock, engine } = engineAt({ journalWrites: 30 });
        const before = [engine.snapshot()];
        for (const words of writes) {
          clock.nowMs += 1;
          const { writes: count } = engine;
          engine.call(words);
          if (engine.writes > count) before.push(engine.snapshot());
        }
        const back = pick % before.length;
        engine.rollBack(back);
        const startMs = clock.nowMs;
        const expected = before[before.length - 1 - back];
        // What has expired since is gone in either.
        const alive = Object.fromEntries(
          Object.entries(expected ?? {}).filter(([, { expiresAtMs }]) => startMs <= (expiresAtMs ?? startMs)),
        );
        expect(engine.snapshot()).toEqual(alive);
        expect(engine.writes).toBe(before.length - 1 - back);
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  test('all of a script is one write; reads are none; more than are remembered are refused', () => {
    const { engine, run } = engineAt({ journalWrites: 2 });
    run('SET', 'k', '1');
    run('GET', 'k');
    run('EVAL', "redis.call('SET', KEYS[1], '2') redis.call('SET', KEYS[1], '3')", '1', 'k');
    expect(engine.writes).toBe(2);
    engine.rollBack(1);
    expect(run('GET', 'k')).toBe('1');
    expect(() => engine.rollBack(2)).toThrow('2 writes are to be taken back, 1 are remembered');
  });

  test('the same calls leave the same, reply by reply', () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 30 }), (writes) => {
        const [one, other] = [engineAt().engine, engineAt().engine];
        for (const words of writes) expect(encodeReply(one.call(words))).toBe(encodeReply(other.call(words)));
        expect(one.snapshot()).toEqual(other.snapshot());
      }),
      { seed: 6, numRuns: 100 },
    );
  });
});

describe('RESP', () => {
  test('requests are the same in whatever pieces their bytes come', () => {
    const words = fc.array(fc.constantFrom('', 'GET', 'a\r\nb', '\0\u00ff', 'x'.repeat(300)), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(words, { maxLength: 5 }), fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (requests, cuts) => {
        const bytes = Buffer.from(requests.map(requestOf).join(''), 'latin1');
        const reader = new RequestReader();
        const read: (readonly string[])[] = [];
        for (let at = 0, cut = 0; at < bytes.length; cut += 1) {
          const size = cuts[cut % cuts.length] ?? 1;
          read.push(...reader.read(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(read).toEqual(requests);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  test('a line of words is a request too; bytes that are none are refused', () => {
    expect([...new RequestReader().read(Buffer.from('PING\r\n\r\nECHO x\r\n'))]).toEqual([['PING'], ['ECHO', 'x']]);
    for (const bytes of ['*x\r\n', '*-1\r\n', '*1000001\r\n', '*1\r\n:1\r\n', '*1\r\n$-1\r\n', '*1\r\n$16777217\r\n'])
      expect(() => [...new RequestReader().read(Buffer.from(bytes))]).toThrow(ProtocolError);
  });
});

test('numbers are written as C writes %.17g', () => {
  const written = [0.1, -0, 1e16, 123_456_789_012_345_680, 1e22, 1e-5, 0.0001, -62_639_855_784_192.81, 5e-324, Infinity, 1 / 3];
  expect(written.map(formatNumber)).toEqual([
    '0.10000000000000001',
    '-0',
    '10000000000000000',
    '1.2345678901234568e+17',
    '1e+22',
    '1.0000000000000001e-05',
    '0.0001',
    '-62639855784192.812',
    '4.9406564584124654e-324',
    'inf',
    '0.33333333333333331',
  ]);
});
