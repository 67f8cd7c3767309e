/** Keys that the application has: the gate of each sale, and counters of rate limits. */
const keyPatterns = ['gate:*', 'rate:*'];

/**
 * What a connection does before and beside its work: sign in, find the cluster's nodes, notice that one is ill. No
 * `client|setinfo`: engine 7.1 does not know it and would refuse the whole string; the client does without.
 */
const connection = [
  'auth',
  'hello',
  'ping',
  'info',
  'readonly',
  'readwrite',
  'client|setname',
  'cluster|info',
  'cluster|nodes',
  'cluster|shards',
  'cluster|slots',
];

/** Running scripts: by digest, and by text where the server does not have it. */
const scripting = ['eval', 'evalsha'];

/** What scripts and single reads use. A script may call only what its user may: a synth test compares this with the sources. */
const data = [
  'bitpos',
  'del',
  'get',
  'getrange',
  'hdel',
  'hexists',
  'hget',
  'hgetall',
  'hincrby',
  'hmget',
  'hscan',
  'hset',
  'set',
  'setbit',
  'setrange',
  'unlink',
  'zadd',
  'zcard',
  'zmscore',
  'zrange',
  'zrangebyscore',
  'zrem',
  'zremrangebyscore',
  'zscan',
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
