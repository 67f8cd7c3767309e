/** Keys that the application has: the gate of each sale, and counters of rate limits. */
const keyPatterns = ['gate:*', 'rate:*'];

/** What a connection does before and beside its work: sign in, find the cluster's nodes, notice that one is ill. */
const connection = [
  'auth',
  'hello',
  'ping',
  'info',
  'readonly',
  'readwrite',
  'client|setinfo',
  'client|setname',
  'cluster|info',
  'cluster|nodes',
  'cluster|shards',
  'cluster|slots',
];

/** Running scripts. */
const scripting = ['eval', 'evalsha', 'script|load'];

/** What scripts and single reads use. A script may call only what its user may: a synth test compares this with the Lua files. */
const data = [
  'bitcount',
  'bitpos',
  'del',
  'exists',
  'expire',
  'get',
  'getbit',
  'getrange',
  'hdel',
  'hexists',
  'hget',
  'hgetall',
  'hincrby',
  'hlen',
  'hmget',
  'hscan',
  'hset',
  'incrby',
  'pexpire',
  'set',
  'setbit',
  'setrange',
  'strlen',
  'unlink',
  'zadd',
  'zcard',
  'zrange',
  'zrangebyscore',
  'zrem',
  'zremrangebyscore',
  'zscore',
];

/** Commands of the application's user, lower case; `command|subcommand` for a part of one. */
export const redisCommands: readonly string[] = [...connection, ...scripting, ...data];

/** The application's user: these keys, these commands, nothing else (no KEYS, CONFIG, FLUSHALL, ACL). */
export const applicationAccess = ['on', ...keyPatterns.map((key) => `~${key}`), '-@all', ...redisCommands.map((name) => `+${name}`)].join(
  ' ',
);

/** The user `default` that a client without a name would get: switched off. */
export const noAccess = 'off -@all';
