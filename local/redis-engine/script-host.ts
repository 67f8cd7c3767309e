import { createHash } from 'node:crypto';
import { type CallCommand, LuaMachine } from './lua-machine.ts';
import { CommandError, type Reply } from './reply.ts';

/** Lua takes 10 ms to begin. Nothing of a run is left in it for the next one, so that all engines of a process share it. */
let machine: LuaMachine | undefined;

/** Runs scripts for one engine, each by the SHA-1 of its text. */
export class ScriptHost {
  readonly #sources = new Map<string, string>();
  readonly #call: CallCommand;

  constructor(call: CallCommand) {
    this.#call = call;
  }

  /** Keeps a script, and gives its digest. Throws a CommandError for one that does not compile. */
  load(source: string): string {
    const digest = createHash('sha1').update(source, 'latin1').digest('hex');
    if (!this.#sources.has(digest)) {
      useMachine((lua) => lua.compile(digest, source));
      this.#sources.set(digest, source);
    }
    return digest;
  }

  knows(digest: string): boolean {
    return this.#sources.has(digest.toLowerCase());
  }

  flush(): void {
    this.#sources.clear();
  }

  run(digest: string, keys: readonly string[], args: readonly string[]): Reply {
    const name = digest.toLowerCase();
    const source = this.#sources.get(name);
    if (source === undefined) throw new CommandError('NOSCRIPT No matching script. Please use EVAL.');
    return useMachine((lua) => {
      lua.compile(name, source);
      return lua.run(name, keys, args, this.#call);
    });
  }
}

function useMachine<T>(work: (lua: LuaMachine) => T): T {
  machine ??= new LuaMachine();
  try {
    return work(machine);
  } catch (error) {
    // A fault: whatever state it is in, nobody uses it again.
    if (!(error instanceof CommandError)) machine = undefined;
    throw error;
  }
}
