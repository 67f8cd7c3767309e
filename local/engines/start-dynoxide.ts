import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { localLimits } from '../local-limits.ts';
import { awaitEngine } from './await-engine.ts';
import { callAws } from './call-aws.ts';
import { findFreePort } from './free-port.ts';
import { startGuarded } from './guarded-process.ts';

/** A running DynamoDB engine. */
export interface TableEngine {
  readonly endpoint: string;
  readonly port: number;
  /** Such as `dynoxide 1.2.1`. */
  readonly kind: string;
  /** Settles when it has ended by itself; the text says how. Never for a server that is not our own. */
  readonly ended: Promise<string>;
  /** Ends it if it is our own. */
  stop(): Promise<void>;
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

async function readVersion(binary: string): Promise<string> {
  const { stdout } = await promisify(execFile)(binary, ['--version']);
  return stdout.trim().replace(/^dynoxide\s+/, '');
}

/**
 * The engine looks for the last record of a stream by reading all of them, so each write costs more than the one before (0.5 ms at first,
 * 1.7 ms after 12,000). With an index it finds it at once (0.35 ms, measured); that is why its tables are always in a file.
 */
function indexStreams(file: string): void {
  const database = new DatabaseSync(file);
  database.exec('CREATE INDEX IF NOT EXISTS penstock_last_record ON _stream_records (table_name, CAST(sequence_number AS INTEGER))');
  database.exec('CREATE INDEX IF NOT EXISTS penstock_shard_record ON _stream_records (shard_id, CAST(sequence_number AS INTEGER))');
  database.close();
}

/** A folder in memory for the engine's file if there is one with room, for a disk is twice as slow; else the given one. */
function fastFolder(dir: string): string {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    if (bavail * bsize < localLimits.tableMemoryBytes) return dir;
    return mkdtempSync('/dev/shm/penstock-');
  } catch {
    return dir;
  }
}

/**
 * Starts dynoxide on a free port of 127.0.0.1.
 * @param dir Where its log goes.
 * @param keep Whether its tables stay in a file of `dir`; otherwise their file has no name once it is open, and ends with the engine.
 */
export async function startDynoxide(dir: string, keep: boolean): Promise<TableEngine> {
  const binary = findBinary();
  const port = await findFreePort();
  const logFile = path.join(dir, 'dynoxide.log');
  const folder = keep ? dir : fastFolder(dir);
  const file = path.join(folder, 'tables.db');
  const engine = startGuarded(binary, ['serve', '--host', '127.0.0.1', '--port', String(port), '--db-path', file], logFile);
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    const [version] = await Promise.all([
      readVersion(binary),
      awaitEngine('dynoxide', engine, logFile, () => callAws(endpoint, 'DynamoDB_20120810.ListTables', {})),
    ]);
    indexStreams(file);
    if (!keep) removeNames(folder, dir);
    return { endpoint, port, kind: `dynoxide ${version}`, ended: engine.ended, stop: () => engine.stop() };
  } catch (error) {
    await engine.stop();
    if (!keep) removeNames(folder, dir);
    throw error;
  }
}

/** The engine keeps its open files; nobody else finds them, and nothing is left however this process ends. */
function removeNames(folder: string, dir: string): void {
  for (const name of readdirSync(folder)) if (name.startsWith('tables.db')) rmSync(path.join(folder, name));
  if (folder !== dir) rmSync(folder, { recursive: true });
}
