import { matchesPattern } from '../matching/match-pattern.ts';
import type { Command, CommandTable } from './command.ts';
import { CommandError } from './reply.ts';

/** A user: who may sign in as it, and what it may do then. */
export interface User {
  readonly name: string;
  readonly on: boolean;
  /** Undefined: signs in without one. */
  readonly passwords: ReadonlySet<string> | undefined;
  readonly keyPatterns: readonly string[];
  /** Undefined: all. `command`, or `command|part`. */
  readonly commands: ReadonlySet<string> | undefined;
}

/** Who calls the engine in this process: may do everything, and is no user of the server. */
export const owner: User = { name: '', on: true, passwords: undefined, keyPatterns: ['*'], commands: undefined };

const nobody = { on: false, passwords: new Set<string>(), keyPatterns: [], commands: new Set<string>() } as const;

/** What a server without ACL rules lets everybody do. */
const everybody: User = { name: 'default', on: true, passwords: undefined, keyPatterns: ['*'], commands: undefined };

/** The users of the server: as much of Redis's ACL as access strings of the templates use. */
export class Users {
  readonly #users = new Map([[everybody.name, everybody]]);
  readonly #table: CommandTable;

  constructor(table: CommandTable) {
    this.#table = table;
  }

  /** The user of a new connection; undefined when it must sign in first. */
  get initial(): User | undefined {
    const user = this.#users.get(everybody.name);
    return user?.on && user.passwords === undefined ? user : undefined;
  }

  /** The user as it is now: rules that were changed hold for connections made before. */
  current(user: User): User {
    return this.#users.get(user.name) ?? user;
  }

  signIn(name: string, password: string): User {
    const user = this.#users.get(name);
    if (!user?.on || (user.passwords !== undefined && !user.passwords.has(password)))
      throw new CommandError('WRONGPASS invalid username-password pair or user is disabled.');
    return user;
  }

  /** ACL SETUSER: the rules in order, all or none. */
  set(name: string, rules: readonly string[]): void {
    let user: User = this.#users.get(name) ?? { name, ...nobody };
    for (const rule of rules) user = { ...user, ...this.#change(user, rule) };
    this.#users.set(name, user);
  }

  #change(user: User, rule: string): Partial<User> {
    const argument = rule.slice(1);
    if (rule === 'on' || rule === 'off') return { on: rule === 'on' };
    if (rule === 'reset') return nobody;
    if (rule === 'nopass') return { passwords: undefined };
    if (rule === '+@all') return { commands: undefined };
    if (rule === '-@all') return { commands: new Set() };
    // Channels: this server has none.
    if (rule.startsWith('&')) return {};
    if (rule.startsWith('>')) return { passwords: new Set(user.passwords).add(argument) };
    if (rule.startsWith('~')) return { keyPatterns: [...user.keyPatterns, argument] };
    if (rule.startsWith('+') && this.#knows(argument)) return { commands: user.commands && new Set(user.commands).add(argument) };
    throw new CommandError(`ERR Error in ACL SETUSER modifier '${rule}': Unknown command or category name in ACL`);
  }

  #knows(granted: string): boolean {
    const [name = '', part] = granted.split('|');
    const command = this.#table[name];
    return command !== undefined && (part === undefined || command.parts.includes(part));
  }
}

/** What the user may not: run the command with such arguments, or touch one of its keys. Undefined = it may. */
export function refusedAccess(user: User, name: string, command: Command, args: readonly string[]): 'command' | 'key' | undefined {
  if (user.commands !== undefined && !user.commands.has(name) && !user.commands.has(partOf(name, command, args))) return 'command';
  if (user.keyPatterns.includes('*')) return undefined;
  return command.keys(args).every((key) => user.keyPatterns.some((pattern) => matchesPattern(pattern, key))) ? undefined : 'key';
}

/** `command|part` of a command that has parts, else its name. */
export function partOf(name: string, command: Command, args: readonly string[]): string {
  return command.parts.length > 0 ? `${name}|${args[0]?.toLowerCase()}` : name;
}
