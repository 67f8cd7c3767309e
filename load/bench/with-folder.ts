import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Tries to remove a folder into which an engine that is being killed may still put a file, and the wait between them. */
const removal = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 } as const;

/** Runs work with a folder of its own, which is gone afterwards. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'penstock-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, removal);
  }
}
