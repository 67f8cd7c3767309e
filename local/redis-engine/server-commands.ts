import { localLimits } from '../local-limits.ts';
import { type ClusterNode, type Command, type CommandContext, type CommandTable, onServer } from './command.ts';
import { keySlot } from './key-slot.ts';
import { integerOf } from './numbers.ts';
import { CommandError, ok, type Reply, StatusReply, syntaxError, wrongArguments } from './reply.ts';

/** The Redis whose answers these are, checked against it (test/conformance/redis-engine.differential.test.ts). */
export const imitatedVersion = '7.0.15';

const nodeId = '0'.repeat(40);
const lastSlot = localLimits.redisSlots - 1;

/** Signing in, and what a client asks to find its way. */
export const serverCommands: CommandTable = {
  ping: anywhere(-1, (_, [text, ...more]) => {
    if (more.length > 0) throw wrongArguments('ping');
    return text ?? new StatusReply('PONG');
  }),
  echo: anywhere(2, (_, [text = '']) => text),
  quit: onServer(-1, () => ok),
  select: onServer(2, ({ node }, [index = '']) => {
    if (integerOf(index) === 0) return ok;
    throw new CommandError(node ? 'ERR SELECT is not allowed in cluster mode' : 'ERR DB index is out of range');
  }),
  auth: onServer(-2, (context, words) => {
    signIn(context, words);
    return ok;
  }),
  hello: onServer(-1, (context, words) => hello(context, words)),
  info: anywhere(-1, ({ node, keys }, sections) => info(node !== undefined, keys.failovers, sections)),
  readonly: onServer(1, ({ node }) => ofCluster(node, ok)),
  readwrite: onServer(1, ({ node }) => ofCluster(node, ok)),
  client: onServer(
    -2,
    ({ session }, [part = '', first = '']): Reply => {
      switch (part.toLowerCase()) {
        case 'setname':
          session.name = first;
          return ok;
        case 'getname':
          return session.name === '' ? null : session.name;
        default:
          // As a server of 7.0 answers CLIENT SETINFO, which clients send without asking.
          throw new CommandError(`ERR unknown subcommand '${part}'. Try CLIENT HELP.`);
      }
    },
    ['setname', 'getname'],
  ),
  cluster: onServer(-2, ({ node }, [part = '', key = '']) => ofCluster(node, cluster(part.toLowerCase(), key, node)), [
    'info',
    'nodes',
    'slots',
    'shards',
    'keyslot',
  ]),
  acl: onServer(
    -2,
    ({ users, session }, [part = '', name = '', ...rules]): Reply => {
      switch (part.toLowerCase()) {
        case 'setuser':
          users.set(name, rules);
          return ok;
        case 'whoami':
          return session.user?.name ?? null;
        default:
          throw new CommandError(`ERR unknown subcommand '${part}'. Try ACL HELP.`);
      }
    },
    ['setuser', 'whoami'],
  ),
};

/** A command of the server that scripts may run too. */
function anywhere(arity: number, run: Command['run']): Command {
  return { ...onServer(arity, run), outsideScripts: false };
}

/** AUTH [name] password */
function signIn({ users, session }: CommandContext, words: readonly string[]): void {
  const [name = 'default', password = ''] = words.length === 1 ? ['default', ...words] : words;
  if (words.length > 2) throw syntaxError();
  session.user = users.signIn(name, password);
}

/** HELLO [2 [AUTH name password] [SETNAME name]]: RESP2 only, so that a client that would like RESP3 goes on with this one. */
function hello(context: CommandContext, [version = '2', ...options]: readonly string[]): Reply {
  if (version !== '2') throw new CommandError('NOPROTO unsupported protocol version');
  for (let at = 0; at < options.length;) {
    const option = options[at]?.toLowerCase();
    if (option === 'auth' && at + 2 < options.length) {
      signIn(context, options.slice(at + 1, at + 3));
      at += 3;
    } else if (option === 'setname' && at + 1 < options.length) {
      context.session.name = options[at + 1] ?? '';
      at += 2;
    } else throw new CommandError(`ERR Syntax error in HELLO option '${options[at]}'`);
  }
  if (context.session.user === undefined)
    throw new CommandError(
      'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time',
    );
  const mode = context.node ? 'cluster' : 'standalone';
  return ['server', 'redis', 'version', imitatedVersion, 'proto', 2, 'id', 1, 'mode', mode, 'role', 'master', 'modules', []];
}

function info(cluster: boolean, failovers: number, sections: readonly string[]): string {
  const all = {
    server: [`redis_version:${imitatedVersion}`, `redis_mode:${cluster ? 'cluster' : 'standalone'}`],
    persistence: ['loading:0'],
    replication: ['role:master', 'connected_slaves:0', `master_replid:${failovers.toString(16).padStart(40, '0')}`],
    cluster: [`cluster_enabled:${cluster ? 1 : 0}`],
  };
  const wanted = sections.map((section) => section.toLowerCase());
  return Object.entries(all)
    .filter(([name]) => wanted.length === 0 || wanted.includes(name) || wanted.includes('all') || wanted.includes('default'))
    .map(([name, lines]) => [`# ${name.charAt(0).toUpperCase()}${name.slice(1)}`, ...lines, ''].join('\r\n'))
    .join('\r\n');
}

/** A cluster of one node that has every slot. */
function cluster(part: string, key: string, { host, port }: ClusterNode = { host: '', port: 0 }): Reply {
  switch (part) {
    case 'info':
      return `cluster_state:ok\r\ncluster_slots_assigned:${localLimits.redisSlots}\r\ncluster_known_nodes:1\r\ncluster_size:1\r\n`;
    case 'nodes':
      return `${nodeId} ${host}:${port}@${port} myself,master - 0 0 1 connected 0-${lastSlot}\n`;
    case 'slots':
      return [[0, lastSlot, [host, port, nodeId, []]]];
    case 'shards': {
      const self = [
        'id',
        nodeId,
        'port',
        port,
        'ip',
        host,
        'endpoint',
        host,
        'role',
        'master',
        'replication-offset',
        0,
        'health',
        'online',
      ];
      return [['slots', [0, lastSlot], 'nodes', [self]]];
    }
    case 'keyslot':
      return keySlot(key);
    default:
      throw new CommandError(`ERR unknown subcommand '${part}'. Try CLUSTER HELP.`);
  }
}

function ofCluster(node: ClusterNode | undefined, reply: Reply): Reply {
  if (node === undefined) throw new CommandError('ERR This instance has cluster support disabled');
  return reply;
}
