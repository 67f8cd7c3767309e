import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
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

/** The given directory, made if need be in one that is there, and kept; or a temporary one of this run. Throws Error where that cannot be. */
export function openDataDirectory(given: string | undefined): DataDirectory {
  if (given !== undefined && given !== '') {
    makeDirectory(given);
    return { path: path.resolve(given), kept: true, remove: () => undefined };
  }
  const temporary = mkdtempSync(path.join(os.tmpdir(), 'penstock-'));
  return { path: temporary, kept: false, remove: () => rmSync(temporary, { recursive: true, force: true }) };
}

/** Not recursively: where a parent may hold no directory at all (/proc), Node tries for ever. */
function makeDirectory(given: string): void {
  if (statSync(given, { throwIfNoEntry: false })?.isDirectory()) return;
  try {
    mkdirSync(given, { mode: 0o700 });
  } catch (cause) {
    throw new Error(`PENSTOCK_DATA_DIR should be a directory, or the name of one to be made in a directory that is there, is ${given}`, {
      cause,
    });
  }
}
