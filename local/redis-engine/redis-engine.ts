import type { ClusterNode, Command, CommandContext, CommandTable } from './command.ts';
import { hashCommands } from './hash-commands.ts';
import { keyCommands } from './key-commands.ts';
import { keySlot } from './key-slot.ts';
import { Keyspace } from './keyspace.ts';
import { CommandError, ErrorReply, type Reply, wrongArguments } from './reply.ts';
import { scriptCommands } from './script-commands.ts';
import { ScriptHost } from './script-host.ts';
import { serverCommands } from './server-commands.ts';
import type { Session } from './session.ts';
import { SortedSet } from './sorted-set.ts';
import { sortedSetCommands } from './sorted-set-commands.ts';
import { stringCommands } from './string-commands.ts';
import { owner, partOf, refusedAccess, Users } from './users.ts';

/** Every command of the engine, by its name in lower case: those that our code uses, and what its client needs. */
export const commands: CommandTable = {
  ...stringCommands,
  ...hashCommands,
  ...sortedSetCommands,
  ...keyCommands,
  ...scriptCommands,
  ...serverCommands,
};

/** What an engine gets from outside; nothing else of it varies. */
export interface EngineOptions {
  /** Epoch ms. All time of the engine comes from here. */
  readonly nowMs: () => number;
  /** Makes it a cluster of one node, which clients find there. @default one server, no cluster */
  readonly node?: ClusterNode;
  /** How many of the last writes can be taken back. @default 0 */
  readonly journalWrites?: number;
}

/** All that is stored: key → value. Two engines that hold the same give equal ones. */
export type Snapshot = Readonly<
  Record<
    string,
    { readonly value: string | Record<string, string> | readonly (readonly [string, number])[]; readonly expiresAtMs?: number }
  >
>;

/**
 * A Redis in this process: the commands our code uses, with Redis's replies and error texts, and its Lua. One call is
 * done before the next begins, it reads no clock but its own, and nothing is random: the same calls give the same
 * replies. A script may only touch the keys it was called with; a real cluster refuses others only when they happen
 * to lie elsewhere.
 */
export class RedisEngine {
  readonly users = new Users(commands);
  readonly #options: EngineOptions;
  readonly #keys: Keyspace;
  readonly #scripts: ScriptHost;
  readonly #owner: Session = { user: owner, name: '' };
  /** Of the script that runs: its keys, and who called it. */
  #running: { readonly keys: ReadonlySet<string>; readonly context: CommandContext } | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#keys = new Keyspace(options.journalWrites ?? 0);
    this.#scripts = new ScriptHost((args) => this.#callFromScript(args));
  }

  /** Runs one command, its name first. Strings are bytes (see Reply). Throws only where the engine itself fails. */
  call(args: readonly string[], session: Session = this.#owner): Reply {
    this.#keys.nowMs = this.#options.nowMs();
    try {
      return this.#dispatch(args, session);
    } catch (error) {
      if (error instanceof CommandError) return new ErrorReply(error.message);
      throw error;
    } finally {
      this.#running = undefined;
      this.#keys.endEffect();
    }
  }

  /** A connection that has not signed in. */
  newSession(): Session {
    return { user: this.users.initial, name: '' };
  }

  /** Writes so far. All that one script changes is one write. */
  get writes(): number {
    return this.#keys.writes;
  }

  /** Of them, those that can be taken back now: at most journalWrites. */
  get rememberedWrites(): number {
    return this.#keys.remembered;
  }

  /** Forgets the last n writes, as a failover to a replica that was behind does. Throws for more than rememberedWrites. */
  rollBack(writes: number): void {
    this.#keys.rollBack(writes);
  }

  /** A copy of all that is stored. */
  snapshot(): Snapshot {
    this.#keys.nowMs = this.#options.nowMs();
    const stored: Record<string, Snapshot[string]> = {};
    for (const [key, value, expiresAtMs] of this.#keys.entries()) {
      stored[key] = { value: plain(value), ...(expiresAtMs === undefined ? {} : { expiresAtMs }) };
    }
    return stored;
  }

  #dispatch([word = '', ...args]: readonly string[], session: Session): Reply {
    const name = word.toLowerCase();
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) throw unknownCommand(word, args);
    if (!arityFits(command, args)) throw wrongArguments(name);
    if (session.user === undefined && !['auth', 'hello', 'quit'].includes(name)) throw new CommandError('NOAUTH Authentication required.');
    if (session.user !== undefined && !['auth', 'hello', 'quit'].includes(name)) {
      const refused = refusedAccess(this.users.current(session.user), name, command, args);
      if (refused === 'command')
        throw new CommandError(`NOPERM this user has no permissions to run the '${partOf(name, command, args)}' command`);
      if (refused === 'key') throw new CommandError('NOPERM this user has no permissions to access one of the keys used as arguments');
    }
    const keys = command.keys(args);
    if (this.#options.node && keys.some((key) => keySlot(key) !== keySlot(keys[0] ?? '')))
      throw new CommandError("CROSSSLOT Keys in request don't hash to the same slot");
    const context = this.#contextOf(session);
    this.#running = { keys: new Set(keys), context };
    return command.run(context, args);
  }

  #callFromScript([word, ...args]: readonly string[]): Reply {
    if (word === undefined) throw new CommandError('ERR Please specify at least one argument for this redis lib call');
    const running = this.#running;
    const name = word.toLowerCase();
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) throw new CommandError('ERR Unknown Redis command called from script');
    if (running === undefined || command.outsideScripts) throw new CommandError('ERR This Redis command is not allowed from script');
    if (!arityFits(command, args)) throw new CommandError('ERR Wrong number of args calling Redis command from script');
    const { user } = running.context.session;
    const refused = user && refusedAccess(this.users.current(user), name, command, args);
    if (refused === 'command') throw new CommandError("ERR The user executing the script can't run this command or subcommand");
    if (refused === 'key')
      throw new CommandError("ERR The user executing the script can't access at least one of the keys mentioned in the command arguments");
    for (const key of command.keys(args))
      if (!running.keys.has(key)) throw new CommandError(`ERR Script attempted to access a key that is not one of its KEYS: ${key}`);
    return command.run(running.context, args);
  }

  #contextOf(session: Session): CommandContext {
    return { keys: this.#keys, session, users: this.users, scripts: this.#scripts, node: this.#options.node };
  }
}

function arityFits({ arity }: Command, args: readonly string[]): boolean {
  return arity < 0 ? args.length + 1 >= -arity : args.length + 1 === arity;
}

function unknownCommand(word: string, args: readonly string[]): CommandError {
  const shown = args.map((text) => `'${text.slice(0, 128)}' `).join('');
  return new CommandError(`ERR unknown command '${word.slice(0, 128)}', with args beginning with: ${shown}`);
}

function plain(value: Parameters<typeof Keyspace.prototype.put>[1]): Snapshot[string]['value'] {
  if (value instanceof SortedSet) return value.byRank(0, value.size).map((member) => [member, value.score(member) ?? Number.NaN] as const);
  if (value instanceof Map) return Object.fromEntries([...value].toSorted(([one], [other]) => (one < other ? -1 : 1)));
  return value.bytes.toString('latin1', 0, value.length);
}
