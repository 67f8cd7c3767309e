import type { Keyspace } from './keyspace.ts';
import type { Reply } from './reply.ts';
import type { ScriptHost } from './script-host.ts';
import type { Session } from './session.ts';
import type { Users } from './users.ts';

/** What a command may use. */
export interface CommandContext {
  readonly keys: Keyspace;
  readonly session: Session;
  readonly users: Users;
  readonly scripts: ScriptHost;
  /** Where clients of a cluster find this node; undefined = one server, no cluster. */
  readonly node: ClusterNode | undefined;
}

/** Host and port that CLUSTER tells. */
export interface ClusterNode {
  readonly host: string;
  readonly port: number;
}

/** One command: the checks that come before it, and what it does. */
export interface Command {
  /** Number of words, the name included; below 0: at least that many. */
  readonly arity: number;
  /** Which words are keys. */
  readonly keys: (args: readonly string[]) => readonly string[];
  /** Refused to scripts: what is not data, and scripts themselves. */
  readonly outsideScripts: boolean;
  /** Names of the parts of the command that users are granted one by one. */
  readonly parts: readonly string[];
  /** `args` are the words after the name. */
  readonly run: (context: CommandContext, args: readonly string[]) => Reply;
}

/** Commands by their names in lower case. */
export type CommandTable = Readonly<Record<string, Command>>;

/** A command whose only key is its first argument. */
export const onKey = (arity: number, run: Command['run']): Command => ({
  arity,
  keys: (args) => args.slice(0, 1),
  outsideScripts: false,
  parts: [],
  run,
});

/** A command whose arguments are all keys. */
export const onKeys = (arity: number, run: Command['run']): Command => ({ ...onKey(arity, run), keys: (args) => args });

/** A command of the server or the connection, not of data. */
export const onServer = (arity: number, run: Command['run'], parts: readonly string[] = []): Command => ({
  arity,
  keys: () => [],
  outsideScripts: true,
  parts,
  run,
});
