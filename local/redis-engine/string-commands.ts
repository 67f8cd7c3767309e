import { localLimits } from '../local-limits.ts';
import { type CommandTable, onKey } from './command.ts';
import { type Keyspace, type StringValue, stringValue } from './keyspace.ts';
import { integerOf } from './numbers.ts';
import { CommandError, ok, type Reply, syntaxError } from './reply.ts';

/** Strings, which are bitmaps too. */
export const stringCommands: CommandTable = {
  get: onKey(2, ({ keys }, [key = '']) => {
    const value = keys.string(key);
    return value === undefined ? null : value.bytes.toString('latin1', 0, value.length);
  }),
  set: onKey(-3, ({ keys }, [key = '', text = '', ...options]) => set(keys, key, text, options)),
  strlen: onKey(2, ({ keys }, [key = '']) => keys.string(key)?.length ?? 0),
  getrange: onKey(4, ({ keys }, [key = '', from = '', to = '']) => {
    const [first, last] = [integerOf(from), integerOf(to)];
    const value = keys.string(key);
    const range = rangeOf(first, last, value?.length ?? 0);
    return value === undefined || range === undefined ? '' : value.bytes.toString('latin1', range.first, range.last + 1);
  }),
  setrange: onKey(4, ({ keys }, [key = '', at = '', text = '']) => {
    const offset = integerOf(at);
    if (offset < 0) throw new CommandError('ERR offset is out of range');
    const value = keys.string(key);
    if (text === '') return value?.length ?? 0;
    if (offset + text.length > localLimits.redisStringBytes)
      throw new CommandError('ERR string exceeds maximum allowed size (proto-max-bulk-len)');
    const target = value ?? keys.put(key, stringValue(Buffer.alloc(0)));
    keys.write(target, offset, Buffer.from(text, 'latin1'));
    return target.length;
  }),
  setbit: onKey(4, ({ keys }, [key = '', at = '', bit = '']) => {
    const offset = bitOffset(at);
    if (bit !== '0' && bit !== '1') throw new CommandError('ERR bit is not an integer or out of range');
    const value = keys.string(key) ?? keys.put(key, stringValue(Buffer.alloc(0)));
    const mask = 0x80 >> (offset & 7);
    const before = byteAt(value, offset >> 3);
    keys.write(value, offset >> 3, Uint8Array.of(bit === '1' ? before | mask : before & ~mask));
    return (before & mask) === 0 ? 0 : 1;
  }),
  getbit: onKey(3, ({ keys }, [key = '', at = '']) => {
    const offset = bitOffset(at);
    const value = keys.string(key);
    return value !== undefined && (byteAt(value, Math.floor(offset / 8)) & (0x80 >> (offset & 7))) !== 0 ? 1 : 0;
  }),
  bitcount: onKey(-2, ({ keys }, [key = '', ...range]) => bitCount(keys, key, range)),
  bitpos: onKey(-3, ({ keys }, [key = '', bit = '', ...range]) => bitPosition(keys, key, bit, range)),
};

/** SET with the options that are used here: NX, XX, and a TTL as EX or PX. */
function set(keys: Keyspace, key: string, text: string, options: readonly string[]): Reply {
  let condition: 'nx' | 'xx' | undefined;
  let ttlMs: number | undefined;
  for (let at = 0; at < options.length; at += 1) {
    const option = options[at]?.toLowerCase();
    if ((option === 'nx' || option === 'xx') && condition === undefined) condition = option;
    else if ((option === 'ex' || option === 'px') && ttlMs === undefined && at + 1 < options.length) {
      at += 1;
      ttlMs = integerOf(options[at] ?? '') * (option === 'ex' ? 1000 : 1);
      if (ttlMs <= 0) throw new CommandError("ERR invalid expire time in 'set' command");
    } else throw syntaxError();
  }
  if (condition !== undefined && keys.has(key) !== (condition === 'xx')) return null;
  keys.put(key, stringValue(Buffer.from(text, 'latin1')), ttlMs === undefined ? undefined : keys.nowMs + ttlMs);
  return ok;
}

/** Bits that are set in bytes `from` to `to`, or in all. */
function bitCount(keys: Keyspace, key: string, range: readonly string[]): number {
  const value = keys.string(key);
  if (value === undefined) return 0;
  if (range.length === 1 || range.length > 2) throw syntaxError();
  const found = rangeOf(integerOf(range[0] ?? '0'), integerOf(range[1] ?? '-1'), value.length);
  if (found === undefined) return 0;
  let set = 0;
  for (let at = found.first; at <= found.last; at += 1) for (let byte = byteAt(value, at); byte !== 0; byte &= byte - 1) set += 1;
  return set;
}

/** The first bit of that kind, in bytes `from` to `to`. Clear ones go on behind the end, unless `to` was named. */
function bitPosition(keys: Keyspace, key: string, bit: string, range: readonly string[]): number {
  const wanted = integerOf(bit);
  if (wanted !== 0 && wanted !== 1) throw new CommandError('ERR The bit argument must be 1 or 0.');
  const value = keys.string(key);
  if (value === undefined) return wanted === 1 ? -1 : 0;
  if (range.length > 2) throw syntaxError();
  const found = clampedRange(integerOf(range[0] ?? '0'), integerOf(range[1] ?? '-1'), value.length);
  if (found === undefined) return -1;
  const dull = wanted === 1 ? 0x00 : 0xff;
  for (let at = found.first; at <= found.last; at += 1) {
    const byte = byteAt(value, at);
    // `clz32` counts 24 bits that a byte has not.
    if (byte !== dull) return at * 8 + Math.clz32((wanted === 1 ? byte : ~byte & 0xff) || 0) - 24;
  }
  return wanted === 0 && range.length < 2 ? (found.last + 1) * 8 : -1;
}

interface Range {
  readonly first: number;
  readonly last: number;
}

/** Redis's ranges: both ends included, negative ones from the end. Undefined = empty. */
function rangeOf(from: number, to: number, length: number): Range | undefined {
  return from < 0 && to < 0 && from > to ? undefined : clampedRange(from, to, length);
}

/** BITPOS's: as rangeOf, but ends the wrong way round may both become the first byte. */
function clampedRange(from: number, to: number, length: number): Range | undefined {
  const first = Math.max(0, from < 0 ? length + from : from);
  const last = Math.min(length - 1, Math.max(0, to < 0 ? length + to : to));
  return first > last || length === 0 ? undefined : { first, last };
}

function bitOffset(text: string): number {
  const refusal = 'ERR bit offset is not an integer or out of range';
  const offset = integerOf(text, refusal);
  if (offset < 0 || offset >= localLimits.redisStringBytes * 8) throw new CommandError(refusal);
  return offset;
}

function byteAt({ bytes, length }: StringValue, at: number): number {
  return at < length ? (bytes[at] ?? 0) : 0;
}
