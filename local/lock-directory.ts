import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { localLimits } from './local-limits.ts';

/** Another process, or another system of this one, holds the directory. Without a cause: SQLite says no more than that it is locked. */
export class DirectoryInUseError extends Error {
  override readonly name = 'DirectoryInUseError';
}

const sqliteBusy = 5;

/**
 * Takes a directory for this process. The lock is SQLite's, on a file there that tells the pid: the kernel lifts it however the process
 * ends, so that one of a dead process is none, and two never take it over at once.
 * @returns What lifts it.
 * @throws DirectoryInUseError, naming the directory and the process that has it. Error of SQLite for a file that cannot be written.
 */
export function lockDirectory(dir: string): () => void {
  const lock = new DatabaseSync(path.join(dir, 'lock.db'), { timeout: localLimits.directoryLockMs });
  try {
    // Written by one transaction, held by another that writes nothing: others can read it.
    lock.exec(`BEGIN IMMEDIATE; PRAGMA user_version = ${process.pid}; COMMIT; BEGIN IMMEDIATE`);
    return () => lock.close();
  } catch (cause) {
    const holder = (cause as { errcode?: unknown }).errcode === sqliteBusy ? readHolder(lock) : undefined;
    lock.close();
    if (holder === undefined) throw cause;
    throw new DirectoryInUseError(`${dir} is in use by process ${holder}: end that one, or choose another PENSTOCK_DATA_DIR`);
  }
}

const readHolder = (lock: DatabaseSync): string => String(lock.prepare('PRAGMA user_version').get()?.['user_version']);
