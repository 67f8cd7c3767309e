import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
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

/** The given directory, made if need be, and kept; or a temporary one of this run. */
export function openDataDirectory(given: string | undefined): DataDirectory {
  if (given !== undefined && given !== '') {
    mkdirSync(given, { recursive: true, mode: 0o700 });
    return { path: path.resolve(given), kept: true, remove: () => undefined };
  }
  const temporary = mkdtempSync(path.join(os.tmpdir(), 'penstock-'));
  return { path: temporary, kept: false, remove: () => rmSync(temporary, { recursive: true, force: true }) };
}
