import { localLimits } from '../local-limits.ts';
import { wrongType } from './reply.ts';
import { SortedSet } from './sorted-set.ts';

/** A string that grows in place: the first `length` of its bytes. */
export interface StringValue {
  bytes: Buffer;
  length: number;
}

/** What a key can have: a string, a hash, or a sorted set. */
export type Value = StringValue | Map<string, string> | SortedSet;

interface Entry {
  readonly value: Value;
  /** Epoch ms; undefined = never. */
  expiresAtMs: number | undefined;
}

type Undo = () => void;

/**
 * Keys and their values. Whatever changes goes through the methods below, each of which knows how to take itself
 * back: the last `journalWrites` effects can be undone, as a failover loses the last writes. An effect is all that one
 * command, or one script, changes.
 */
export class Keyspace {
  /** Epoch ms at the beginning of the present command: a script sees no time pass. */
  nowMs = 0;
  readonly #entries = new Map<string, Entry>();
  readonly #journalWrites: number;
  readonly #journal: Undo[][] = [];
  #effect: Undo[] = [];
  #changed = false;
  #writes = 0;
  #failovers = 0;

  constructor(journalWrites: number) {
    this.#journalWrites = journalWrites;
  }

  /** Effects so far; one that is taken back counts no more. */
  get writes(): number {
    return this.#writes;
  }

  /** How often the last effects were taken back. */
  get failovers(): number {
    return this.#failovers;
  }

  string(key: string): StringValue | undefined {
    const value = this.#find(key)?.value;
    if (value === undefined || isString(value)) return value;
    throw wrongType();
  }

  hash(key: string): Map<string, string> | undefined {
    const value = this.#find(key)?.value;
    if (value === undefined || value instanceof Map) return value;
    throw wrongType();
  }

  sortedSet(key: string): SortedSet | undefined {
    const value = this.#find(key)?.value;
    if (value === undefined || value instanceof SortedSet) return value;
    throw wrongType();
  }

  has(key: string): boolean {
    return this.#find(key) !== undefined;
  }

  /** Undefined when the key has none. */
  expiry(key: string): number | undefined {
    return this.#find(key)?.expiresAtMs;
  }

  /** Puts a value in place of whatever there was. */
  put<V extends Value>(key: string, value: V, expiresAtMs?: number): V {
    this.#replace(key, { value, expiresAtMs });
    return value;
  }

  remove(key: string): boolean {
    const found = this.has(key);
    if (found) this.#replace(key, undefined);
    return found;
  }

  clear(): void {
    for (const key of this.#entries.keys()) this.#replace(key, undefined);
  }

  expire(key: string, expiresAtMs: number | undefined): void {
    const entry = this.#find(key);
    if (entry === undefined) return;
    const before = entry.expiresAtMs;
    this.#record(() => (entry.expiresAtMs = before));
    entry.expiresAtMs = expiresAtMs;
  }

  /** Sets a field of a hash, or takes it out (undefined). */
  setField(hash: Map<string, string>, field: string, value: string | undefined): void {
    const before = hash.get(field);
    this.#record(() => assign(hash, field, before));
    assign(hash, field, value);
  }

  /** Sets a member's score, or takes the member out (undefined). */
  setScore(set: SortedSet, member: string, score: number | undefined): void {
    const before = set.score(member);
    this.#record(() => set.set(member, before));
    set.set(member, score);
  }

  /** Writes bytes at an offset; what lies between the end so far and the offset becomes zeros. */
  write(value: StringValue, offset: number, bytes: Uint8Array): void {
    const { length } = value;
    const overwritten =
      this.#journalWrites === 0 ? undefined : Buffer.from(value.bytes.subarray(offset, Math.min(length, offset + bytes.length)));
    this.#record(() => {
      if (overwritten === undefined) return;
      value.bytes.fill(0, length, value.length);
      value.bytes.set(overwritten, offset);
      value.length = length;
    });
    grow(value, offset + bytes.length);
    value.bytes.set(bytes, offset);
  }

  /** Ends a command: what it changed is one effect. */
  endEffect(): void {
    if (!this.#changed) return;
    this.#changed = false;
    this.#writes += 1;
    if (this.#journalWrites > 0) {
      this.#journal.push(this.#effect);
      if (this.#journal.length > this.#journalWrites) this.#journal.shift();
    } else if (this.#writes % localLimits.redisExpiryWrites === 0) this.#dropExpired();
    this.#effect = [];
  }

  /** Effects that can be taken back now. */
  get remembered(): number {
    return this.#journal.length;
  }

  /** Takes the last effects back, the latest first, as a failover does. Throws when fewer are remembered. */
  rollBack(effects: number): void {
    if (effects > this.#journal.length)
      throw new RangeError(
        `${effects} writes are to be taken back, ${this.#journal.length} are remembered (journalWrites: ${this.#journalWrites})`,
      );
    for (const effect of this.#journal.splice(this.#journal.length - effects).reverse()) for (const undo of effect.reverse()) undo();
    this.#writes -= effects;
    this.#failovers += 1;
  }

  /** Every key that has not expired, in the order of their bytes. */
  *entries(): IterableIterator<readonly [key: string, value: Value, expiresAtMs: number | undefined]> {
    for (const key of [...this.#entries.keys()].toSorted()) {
      const entry = this.#find(key);
      if (entry) yield [key, entry.value, entry.expiresAtMs];
    }
  }

  /** An expired entry is out of sight at once; it is dropped when the key is written, or by #dropExpired. */
  #find(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    return entry?.expiresAtMs !== undefined && this.nowMs > entry.expiresAtMs ? undefined : entry;
  }

  #replace(key: string, entry: Entry | undefined): void {
    const before = this.#entries.get(key);
    this.#record(() => assign(this.#entries, key, before));
    assign(this.#entries, key, entry);
  }

  #record(undo: Undo): void {
    this.#changed = true;
    if (this.#journalWrites > 0) this.#effect.push(undo);
  }

  #dropExpired(): void {
    for (const [key, { expiresAtMs }] of this.#entries)
      if (expiresAtMs !== undefined && this.nowMs > expiresAtMs) this.#entries.delete(key);
  }
}

/** A string of these bytes, which are not copied. */
export const stringValue = (bytes: Buffer): StringValue => ({ bytes, length: bytes.length });

function isString(value: Value): value is StringValue {
  return !(value instanceof Map) && !(value instanceof SortedSet);
}

function assign<V>(map: Map<string, V>, key: string, value: V | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}

/** Room for `length` bytes. It doubles, so that a string filled from its beginning is not copied for every piece. */
function grow(value: StringValue, length: number): void {
  if (length > value.bytes.length) {
    const wider = Buffer.alloc(Math.max(length, 2 * value.bytes.length));
    wider.set(value.bytes.subarray(0, value.length));
    value.bytes = wider;
  }
  value.length = Math.max(value.length, length);
}
