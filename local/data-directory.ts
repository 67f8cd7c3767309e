import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Where a run keeps its files. */
export interface DataDirectory {
  readonly path: string;
  /** Whether it outlives the run. */
  readonly kept: boolean;
  /** Removes it, unless it is kept. */
  remove(): void;
}

/** Part by part: where a file system has no room for new entries, as /proc, mkdir with `recursive` would try for ever. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

function openKept(folder: string): void {
  try {
    makeFolder(folder);
    readdirSync(folder);
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new Error(`PENSTOCK_DATA_DIR should be a folder that may be written to, or that can be made, is ${folder}`, { cause });
  }
}

/**
 * The given directory, made if need be, and kept; or a temporary one of this run.
 * @throws Error, naming PENSTOCK_DATA_DIR, for a given one that is none and cannot be made, or cannot be written to.
 */
export function openDataDirectory(given: string | undefined): DataDirectory {
  if (given !== undefined && given !== '') {
    const folder = path.resolve(given);
    openKept(folder);
    return { path: folder, kept: true, remove: () => undefined };
  }
  const temporary = mkdtempSync(path.join(os.tmpdir(), 'penstock-'));
  return { path: temporary, kept: false, remove: () => rmSync(temporary, { recursive: true, force: true }) };
}
