import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { awaitEngine } from './await-engine.ts';
import { callAws } from './call-aws.ts';
import { findFreePort } from './free-port.ts';
import { type GuardedProcess, startGuarded } from './guarded-process.ts';

/** A running DynamoDB engine. */
export interface TableEngine {
  readonly endpoint: string;
  readonly version: string;
  readonly port: number;
  readonly process: GuardedProcess;
}

/** The engine's binary. Throws on a system for which npm has none, saying what would help. */
function findBinary(): string {
  try {
    return path.join(path.dirname(createRequire(import.meta.url).resolve('@dynoxide/linux-x64/package.json')), 'dynoxide');
  } catch (cause) {
    throw new Error(
      `the DynamoDB engine (npm package @dynoxide/linux-x64) is missing: it exists for linux-x64, this is ${process.platform}-${process.arch}. ` +
        'On linux-x64 run `npm ci` without --omit=optional; elsewhere use a linux-x64 container.',
      { cause },
    );
  }
}

/**
 * Starts dynoxide on a free port of 127.0.0.1.
 * @param dir Where its log goes.
 * @param keep Whether its tables stay in a file of `dir`; otherwise they are in memory.
 */
export async function startDynoxide(dir: string, keep: boolean): Promise<TableEngine> {
  const binary = findBinary();
  const version = promisify(execFile)(binary, ['--version']).then(({ stdout }) => stdout.trim().replace(/^dynoxide\s+/, ''));
  const port = await findFreePort();
  const logFile = path.join(dir, 'dynoxide.log');
  const store = keep ? ['--db-path', path.join(dir, 'tables.db')] : [];
  const engine = startGuarded(binary, ['serve', '--host', '127.0.0.1', '--port', String(port), ...store], logFile);
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await awaitEngine('dynoxide', engine, logFile, () => callAws(endpoint, 'DynamoDB_20120810.ListTables', {}));
    return { endpoint, port, version: await version, process: engine };
  } catch (error) {
    await engine.stop();
    throw error;
  }
}
