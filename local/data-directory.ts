import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DirectoryInUseError, lockDirectory } from './lock-directory.ts';

/** Where a run keeps its files. */
export interface DataDirectory {
  readonly path: string;
  /** Whether it outlives the run. */
  readonly kept: boolean;
  /** Lets go of it: one that is kept is free for others, another is removed. */
  close(): void;
}

/** The directory that was asked for is none and cannot be made, or cannot be written to. */
export class WrongDataDirectoryError extends Error {
  override readonly name = 'WrongDataDirectoryError';
}

/** Part by part: where a file system has no room for new entries, as /proc, mkdir with `recursive` would try for ever. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

/** @returns What unlocks it. */
function openKept(folder: string): () => void {
  try {
    makeFolder(folder);
    readdirSync(folder);
    accessSync(folder, constants.W_OK);
    return lockDirectory(folder);
  } catch (cause) {
    if (cause instanceof DirectoryInUseError) throw cause;
    throw new WrongDataDirectoryError(`PENSTOCK_DATA_DIR should be a folder that may be written to, or that can be made, is ${folder}`, {
      cause,
    });
  }
}

/**
 * The given directory, made if need be, kept, and locked until it is closed; or a temporary one of this run.
 * @throws WrongDataDirectoryError, naming PENSTOCK_DATA_DIR. DirectoryInUseError while another has it.
 */
export function openDataDirectory(given: string | undefined): DataDirectory {
  if (given !== undefined && given !== '') {
    const folder = path.resolve(given);
    return { path: folder, kept: true, close: openKept(folder) };
  }
  const temporary = mkdtempSync(path.join(os.tmpdir(), 'penstock-'));
  return { path: temporary, kept: false, close: () => rmSync(temporary, { recursive: true, force: true }) };
}
