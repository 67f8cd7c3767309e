import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

/** Redis commands that our adapters and ioredis itself send. Another one is not a method of the client: its first use fails, in every test. */
const usedCommands = new Set([
  'asking',
  'auth',
  'client',
  'cluster',
  'command',
  'disconnect',
  'eval',
  'evalsha',
  'getrange',
  'hello',
  'hget',
  'hmget',
  'info',
  'ping',
  'quit',
  'readonly',
  'readwrite',
  'script',
  'select',
  'set',
  'zcard',
  'zrange',
  'zrangebyscore',
  'zscan',
  'zmscore',
  'zrem',
  'subscribe',
  'psubscribe',
  'ssubscribe',
  'unsubscribe',
  'punsubscribe',
  'sunsubscribe',
  'monitor',
  'multi',
  'exec',
  'wait',
  'hgetall',
  'zadd',
  'zrangebyscore',
  'strlen',
]);

/**
 * Leaves out of the bundles what a function never runs, because every environment pays for it at its cold start:
 * comments of Lua scripts, the table entries of Redis commands that we never send (−31 KB), the certificates of
 * another vendor's cloud, the Sentinel client and the field sets of HIMPORT that ioredis carries (−20 KB), the SDK's package
 * files (−7 KB), its event streams, which no service of ours has (−15 KB), and the cache of DynamoDB's endpoint discovery, which
 * is off unless somebody turns it on (−8 KB).
 */
export const trimPlugin: Plugin = {
  name: 'trim',
  setup(build) {
    build.onLoad({ filter: /\.lua$/ }, ({ path }) => ({ contents: trimLua(readFileSync(path, 'utf8')), loader: 'text' }));
    build.onLoad({ filter: /@ioredis[\\/]commands[\\/]built[\\/]commands\.json$/ }, ({ path }) => {
      const commands = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
      return {
        contents: JSON.stringify(Object.fromEntries(Object.entries(commands).filter(([name]) => usedCommands.has(name)))),
        loader: 'json',
      };
    });
    build.onLoad({ filter: /@aws-sdk[\\/]client-[a-z-]+[\\/]package\.json$/ }, ({ path }) => {
      const { name, version } = JSON.parse(readFileSync(path, 'utf8')) as { name: string; version: string };
      return { contents: JSON.stringify({ name, version }), loader: 'json' };
    });
    build.onLoad({ filter: /@aws-sdk[\\/]endpoint-cache[\\/]dist-es[\\/]EndpointCache\.js$/ }, () => ({
      contents: 'export class EndpointCache {}',
      loader: 'js',
    }));
    build.onLoad({ filter: /ioredis[\\/]built[\\/]connectors[\\/]SentinelConnector[\\/]index\.js$/ }, () => ({
      contents: 'exports.default = class SentinelConnector {}; exports.SentinelIterator = class SentinelIterator {};',
      loader: 'js',
    }));
    build.onLoad({ filter: /@smithy[\\/]core[\\/]dist-es[\\/]submodules[\\/]event-streams[\\/]index\.js$/ }, () => ({
      contents: 'export class EventStreamSerde {}',
      loader: 'js',
    }));
    build.onLoad({ filter: /ioredis[\\/]built[\\/]himport[\\/]HimportCoordinator\.js$/ }, () => ({ contents: noHimport, loader: 'js' }));
    build.onLoad({ filter: /ioredis[\\/]built[\\/]constants[\\/]TLSProfiles\.js$/ }, () => ({
      contents: 'exports.default = {};',
      loader: 'js',
    }));
  },
};

/** What the coordinator of HIMPORT does for a client without field sets: nothing. */
const noHimport = `
exports.default = class HimportCoordinator {};
exports.hasHimportCoordinator = Symbol('hasHimportCoordinator');
exports.cloneHimportFieldsets = exports.getHimportBinding = exports.setHimportRole = () => undefined;
exports.bindHimportCoordinator = exports.unbindHimportCoordinator = () => undefined;
exports.isHimportControlCommand = exports.isInternalHimportCommand = () => false;
exports.interceptHimportCommand = exports.interceptHimportPipeline = exports.interceptHimportControlCommand = () => false;
`;

/** Lines of comment and indentation; our scripts have no strings over several lines. */
function trimLua(source: string): string {
  return source
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('--'))
    .join('\n');
}
