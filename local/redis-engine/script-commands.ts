import { type CommandContext, type CommandTable, onServer } from './command.ts';
import { integerOf } from './numbers.ts';
import { CommandError, ok, type Reply } from './reply.ts';

/** Scripts: run by their text or by its digest. */
export const scriptCommands: CommandTable = {
  eval: { ...onServer(-3, (context, [source = '', ...rest]) => run(context, context.scripts.load(source), rest)), keys: keysOfScript },
  evalsha: { ...onServer(-3, (context, [digest = '', ...rest]) => run(context, digest, rest)), keys: keysOfScript },
  script: onServer(
    -2,
    ({ scripts }, [part = '', ...rest]): Reply => {
      switch (part.toLowerCase()) {
        case 'load':
          return scripts.load(rest[0] ?? '');
        case 'exists':
          return rest.map((digest) => (scripts.knows(digest) ? 1 : 0));
        case 'flush':
          scripts.flush();
          return ok;
        default:
          throw new CommandError(`ERR unknown subcommand '${part}'. Try SCRIPT HELP.`);
      }
    },
    ['load', 'exists', 'flush'],
  ),
};

function run({ scripts }: CommandContext, digest: string, [count = '', ...rest]: readonly string[]): Reply {
  const keys = keyCount(count, rest.length);
  return scripts.run(digest, rest.slice(0, keys), rest.slice(keys));
}

/** The KEYS of `script, number of keys, keys…, arguments…`. */
function keysOfScript([, count = '', ...rest]: readonly string[]): readonly string[] {
  return rest.slice(0, keyCount(count, rest.length));
}

function keyCount(text: string, words: number): number {
  const count = integerOf(text);
  if (count > words) throw new CommandError("ERR Number of keys can't be greater than number of args");
  if (count < 0) throw new CommandError("ERR Number of keys can't be negative");
  return count;
}
