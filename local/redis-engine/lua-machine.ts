import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { localLimits } from '../local-limits.ts';
import { formatNumber } from './numbers.ts';
import { CommandError, ErrorReply, type Reply, StatusReply } from './reply.ts';

/** The names of the binary: Lua 5.1.5 as lua-wasm-bindings 0.5.3 has it, whose linker shortened them. */
interface LuaBinary {
  readonly F: WebAssembly.Memory;
  readonly qa: WebAssembly.Table;
  /** Constructors. */
  readonly G: () => void;
  readonly H: (lua: number) => number;
  readonly I: (lua: number, top: number) => void;
  readonly N: (lua: number, index: number) => number;
  readonly Q: (lua: number, index: number, length: number) => number;
  readonly R: (lua: number, text: number) => void;
  readonly T: (lua: number, index: number, name: number) => void;
  readonly V: (lua: number, index: number, name: number) => void;
  readonly X: (lua: number, args: number, results: number, handler: number) => number;
  readonly Z: (lua: number, text: number, length: number, name: number) => number;
  readonly $: () => number;
  readonly ga: (lua: number) => void;
  readonly la: () => number;
  readonly ma: (stack: number) => void;
  readonly oa: (threw: number, value: number) => void;
  readonly pa: (bytes: number) => number;
}

/** What a script asks of its host: one command. A CommandError is the script's to catch, anything else ends the run. */
export type CallCommand = (args: readonly string[]) => Reply;

const registry = -10_000;
const numberType = 3;
const stringType = 4;
/** Bytes of a value on Lua's stack, and where `lua_State` keeps the stack of the running function: checked when a machine is made. */
const valueBytes = 16;
const baseOffset = 12;
/** As in script-prelude.lua. */
const kinds = 2 ** 60;
const step = 2 ** 20;
const kindOf = {
  text: kinds,
  escaped: kinds + step,
  nil: kinds + 2 * step,
  status: kinds + 3 * step,
  error: kinds + 4 * step,
  array: kinds + 5 * step,
};
const asked = { call: 1, element: 2, bulk: 3, integer: 4, nil: 5, status: 6, error: 7, array: 8 } as const;
const hostFunctions = ['keep', 'begin', 'add_keys', 'add_arguments', 'add_escaped_key', 'add_escaped_argument', 'run'] as const;

const preludeFile = path.join(import.meta.dirname, 'script-prelude.lua');
let compiled: WebAssembly.Module | undefined;

/** The beginning of an array in a script's reply, before its elements. */
class ArrayMark {
  readonly count: number;

  constructor(count: number) {
    this.count = count;
  }
}

/**
 * A Lua 5.1.5, Redis's own Lua, in WebAssembly. Its C library has no files, no clock and no processes: those imports
 * refuse. One is the way out: `os.difftime`, through which script-prelude.lua makes `redis.call`.
 */
export class LuaMachine {
  readonly #binary: LuaBinary;
  readonly #lua: number;
  readonly #names = new Map<string, number>();
  #heap: Buffer;
  #view: DataView;
  #scratch = 0;
  #scratchBytes = 0;
  /** Where `lua_tolstring` puts a length. */
  readonly #length: number;
  #elements: readonly Reply[] = [];
  #told: (Reply | ArrayMark)[] = [];
  #fault: { readonly error: unknown } | undefined;
  readonly #compiled = new Set<string>();
  /** Of the run under way. */
  #call: CallCommand | undefined;

  constructor() {
    this.#binary = instantiate(compileBinary(), (what, which) => this.#exchange(what, which));
    this.#binary.G();
    this.#heap = Buffer.from(this.#binary.F.buffer);
    this.#view = new DataView(this.#binary.F.buffer);
    this.#lua = this.#binary.$();
    this.#length = this.#binary.pa(4);
    this.#binary.ga(this.#lua);
    const prelude = readFileSync(preludeFile, 'latin1');
    assert.equal(this.#load(prelude, '=prelude') || this.#binary.X(this.#lua, 0, 1, 0), 0, 'the prelude of scripts runs');
    for (const name of hostFunctions) {
      this.#binary.T(this.#lua, -1, this.#nameOf(name));
      this.#binary.V(this.#lua, registry, this.#nameOf(name));
    }
    this.#binary.I(this.#lua, 0);
    this.#checkLayout();
  }

  /** Compiles a script and keeps it under its digest, once. Throws a CommandError with the compiler's words. */
  compile(digest: string, source: string): void {
    if (this.#compiled.has(digest)) return;
    this.#open('keep');
    this.#pushText(digest);
    if (this.#load(source, '@user_script') !== 0) {
      const message = this.#textAt(-1);
      this.#binary.I(this.#lua, 0);
      throw new CommandError(`ERR Error compiling script (new function): ${message}`);
    }
    this.#close(2);
    this.#compiled.add(digest);
  }

  /** Runs a compiled script to its reply, its commands by `call`. Not to be called by `call`. */
  run(digest: string, keys: readonly string[], args: readonly string[], call: CallCommand): Reply {
    this.#call = call;
    this.#told = [];
    this.#open('begin');
    this.#close(0);
    this.#hand(keys, 'add_keys', 'add_escaped_key');
    this.#hand(args, 'add_arguments', 'add_escaped_argument');
    this.#open('run');
    this.#pushText(digest);
    this.#close(1);
    if (this.#fault) {
      const { error } = this.#fault;
      this.#fault = undefined;
      throw error;
    }
    return this.#build(this.#told.values());
  }

  #hand(texts: readonly string[], plain: 'add_keys' | 'add_arguments', escaped: 'add_escaped_key' | 'add_escaped_argument'): void {
    for (let at = 0; at < texts.length;) {
      const group = texts.slice(at, at + localLimits.redisLuaStrings);
      const zero = group.findIndex((text) => text.includes('\0'));
      const [name, handed] = zero === 0 ? [escaped, [escape(group[0] ?? '')]] : [plain, zero > 0 ? group.slice(0, zero) : group];
      this.#open(name);
      for (const text of handed) this.#pushText(text);
      this.#close(handed.length);
      at += handed.length;
    }
  }

  /** Begins a call of a function of the prelude; what is pushed next are its arguments. */
  #open(name: (typeof hostFunctions)[number]): void {
    this.#binary.T(this.#lua, registry, this.#nameOf(name));
  }

  #close(args: number): void {
    if (this.#binary.X(this.#lua, args, 0, 0) === 0) return;
    const message = this.#textAt(-1);
    this.#binary.I(this.#lua, 0);
    throw new Error(`the embedded Lua failed outside of any script: ${message}`);
  }

  /** Called from within Lua, on the stack of `os.difftime`: 1 and 2 are `what` and `which`. Must not throw: C is below. */
  #exchange(what: number, which: number): number {
    switch (what) {
      case asked.call:
        return this.#answer(this.#callCommand());
      case asked.element:
        return this.#answer(this.#elements[which - 1] ?? null);
      case asked.bulk:
        return this.#tell(this.#textAt(3));
      case asked.integer:
        return this.#tell(Math.trunc(this.#numberAt(3)));
      case asked.status:
        return this.#tell(new StatusReply(this.#textAt(3)));
      case asked.error:
        return this.#tell(new ErrorReply(this.#textAt(3)));
      case asked.array:
        return this.#tell(new ArrayMark(which));
      default:
        return this.#tell(null);
    }
  }

  #tell(part: Reply | ArrayMark): number {
    this.#told.push(part);
    return 0;
  }

  #callCommand(): Reply {
    const args: string[] = [];
    const count = this.#binary.H(this.#lua);
    for (let index = 4; index <= count; index += 1) {
      const type = this.#binary.N(this.#lua, index);
      if (type === stringType) args.push(this.#textAt(index));
      else if (type === numberType) args.push(formatNumber(this.#numberAt(index)));
      else return new ErrorReply('ERR Lua redis lib command arguments must be strings or integers');
    }
    assert(this.#call, 'a script runs for somebody');
    try {
      return this.#call(args);
    } catch (error) {
      if (error instanceof CommandError) return new ErrorReply(error.message);
      this.#fault ??= { error };
      return new ErrorReply('ERR the engine failed');
    }
  }

  /** Puts a reply into the script's box, and says what it is. */
  #answer(reply: Reply): number {
    if (typeof reply === 'number') return reply;
    if (reply === null) return kindOf.nil;
    if (typeof reply === 'string') return reply.includes('\0') ? this.#box(escape(reply), kindOf.escaped) : this.#box(reply, kindOf.text);
    if (reply instanceof StatusReply) return this.#box(reply.text, kindOf.status);
    if (reply instanceof ErrorReply) return this.#box(reply.text, kindOf.error);
    this.#elements = reply;
    return kindOf.array + step * reply.length;
  }

  #box(text: string, kind: number): number {
    this.#pushText(text);
    this.#binary.V(this.#lua, 3, this.#nameOf('text'));
    return kind;
  }

  /** The reply that was told from here on. */
  #build(told: Iterator<Reply | ArrayMark>): Reply {
    const { value, done } = told.next();
    assert(done !== true, 'a script tells its whole reply');
    if (!(value instanceof ArrayMark)) return value;
    return Array.from({ length: value.count }, () => this.#build(told));
  }

  #load(source: string, name: string): number {
    this.#write(source);
    return this.#binary.Z(this.#lua, this.#scratch, source.length, this.#nameOf(name));
  }

  #pushText(text: string): void {
    this.#write(text);
    this.#binary.R(this.#lua, this.#scratch);
  }

  /** Puts bytes, and a zero behind them, where C can read them. */
  #write(text: string): void {
    if (text.length >= this.#scratchBytes) {
      this.#scratchBytes = 2 * text.length + 4096;
      this.#scratch = this.#binary.pa(this.#scratchBytes);
      assert(this.#scratch !== 0, `Lua has room for a text of ${text.length} bytes`);
    }
    const heap = this.#memory();
    heap.write(text, this.#scratch, 'latin1');
    heap[this.#scratch + text.length] = 0;
  }

  #textAt(index: number): string {
    const at = this.#binary.Q(this.#lua, index, this.#length);
    const heap = this.#memory();
    return heap.toString('latin1', at, at + this.#view.getUint32(this.#length, true));
  }

  /** A number as it lies on Lua's stack: what C would give as text has lost digits. */
  #numberAt(index: number): number {
    this.#memory();
    return this.#view.getFloat64(this.#view.getUint32(this.#lua + baseOffset, true) + valueBytes * (index - 1), true);
  }

  /** Lua's memory, which moves when it grows. */
  #memory(): Buffer {
    const { buffer } = this.#binary.F;
    if (this.#heap.buffer !== buffer) {
      this.#heap = Buffer.from(buffer);
      this.#view = new DataView(buffer);
    }
    return this.#heap;
  }

  #nameOf(name: string): number {
    let at = this.#names.get(name);
    if (at === undefined) {
      at = this.#binary.pa(name.length + 1);
      this.#memory().write(`${name}\0`, at, 'latin1');
      this.#names.set(name, at);
    }
    return at;
  }

  /** #numberAt knows how this very binary lays out its stack. Another one must not give other numbers. */
  #checkLayout(): void {
    this.compile('layout', 'return { 9007199254740991, -0.5, 2 ^ 31 }');
    const read = this.run('layout', [], [], () => null);
    assert.deepEqual(read, [Number.MAX_SAFE_INTEGER, -0, 2 ** 31], 'lua-wasm-bindings has the stack layout of 0.5.3');
  }
}

/** \0 becomes \1\1, and \1 becomes \1\2 (script-prelude.lua). */
function escape(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are the two characters
  return text.replaceAll(/[\0\u0001]/g, (character) => (character === '\0' ? '\u0001\u0001' : '\u0001\u0002'));
}

function compileBinary(): WebAssembly.Module {
  const file = createRequire(import.meta.url).resolve('lua-wasm-bindings/dist/glue/glue-lua-5.1.5.wasm');
  return (compiled ??= new WebAssembly.Module(readFileSync(file)));
}

/** Links the binary to imports of ours: what its C needs of a machine to run at all, and `exchange`. */
function instantiate(module: WebAssembly.Module, exchange: (what: number, which: number) => number): LuaBinary {
  const jump = new Error('longjmp');
  let high = 0;
  const needed: Record<string, (...args: number[]) => number | void> = {
    // getTempRet0, setTempRet0
    e: () => high,
    b: (value = 0) => void (high = value),
    // longjmp, and the call that setjmp guards
    g: (buffer = 0, value = 0) => {
      binary.oa(buffer, value === 0 ? 1 : value);
      throw jump;
    },
    l: (index = 0, first = 0, second = 0) => {
      const stack = binary.la();
      try {
        (binary.qa.get(index) as (first: number, second: number) => void)(first, second);
      } catch (error) {
        binary.ma(stack);
        if (error !== jump) throw error;
        binary.oa(1, 0);
      }
    },
    // memcpy, and more memory
    E: (to = 0, from = 0, bytes = 0) => void new Uint8Array(binary.F.buffer).copyWithin(to, from, from + bytes),
    n: (bytes = 0) => {
      // 0: malloc answers NULL, and Lua "not enough memory".
      if (bytes > localLimits.redisLuaBytes) return 0;
      binary.F.grow(Math.ceil((bytes - binary.F.buffer.byteLength) / 65_536));
      return 1;
    },
    // difftime
    t: (what = 0, which = 0) => exchange(what, which),
  };
  const refuse = () => -1;
  const imports = WebAssembly.Module.imports(module).map(({ name }) => [name, needed[name] ?? refuse] as const);
  const binary = new WebAssembly.Instance(module, { a: Object.fromEntries(imports) }).exports as unknown as LuaBinary;
  return binary;
}
