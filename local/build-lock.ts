import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { localLimits } from './local-limits.ts';

const lockFile = path.resolve(import.meta.dirname, '..', 'node_modules', '.cache', 'penstock-build.lock');

/** Whether the process that wrote the lock still runs. A lock just being written counts as held. */
function isHeld(): boolean {
  try {
    const pid = Number(readFileSync(lockFile, 'utf8'));
    if (pid > 0) process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function take(): boolean {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Runs `work` while no other process of this checkout builds: the bundles have one folder, which a build empties first.
 * A lock left behind by a process that is gone is taken over.
 * @throws Error when another process holds it for longer than `buildLockMs`.
 */
export async function withBuildLock<T>(work: () => Promise<T>): Promise<T> {
  mkdirSync(path.dirname(lockFile), { recursive: true });
  const deadline = performance.now() + localLimits.buildLockMs;
  while (!take()) {
    if (!isHeld()) rmSync(lockFile, { force: true });
    else if (performance.now() > deadline)
      throw new Error(`another process builds for over ${localLimits.buildLockMs} ms: see ${lockFile}`);
    else await delay(localLimits.buildLockPollMs);
  }
  try {
    return await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}
