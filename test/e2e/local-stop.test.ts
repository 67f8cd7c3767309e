import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { allGone, commandLine, descendants } from '../support/processes.ts';
import { available } from '../support/redis-server.ts';
import { describeWith } from '../support/skip.ts';

const root = path.resolve(import.meta.dirname, '..', '..');

/** `npm start` in a process group of its own, as a shell in a terminal starts it, with `temporary` as its temporary folder. */
function start(temporary: string): { launcher: ChildProcess; pid: number; printed: () => string } {
  const launcher = spawn(process.execPath, ['bin/launch.cjs', 'local/start.ts'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, NODE_OPTIONS: '', PORT: '0', REDIS_URL: '', TMPDIR: temporary },
  });
  let text = '';
  for (const stream of [launcher.stdout, launcher.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { launcher, pid: launcher.pid ?? 0, printed: () => text };
}

/** How far a start has come, seen from outside. */
const runs = (program: string) => (pid: number) => descendants(pid).some((one) => commandLine(one).includes(program));
const writes = (name: string) => (_: number, temporary: string) =>
  readdirSync(temporary).some((folder) => existsSync(path.join(temporary, folder, name)));

describeWith('redis-server', available(), () => {
  const temporary = mkdtempSync(path.join(os.tmpdir(), 'penstock-test-'));
  afterEach(() => {
    for (const left of readdirSync(temporary)) rmSync(path.join(temporary, left), { recursive: true });
  });
  afterAll(() => rmSync(temporary, { recursive: true }));

  const terminal = (pid: number) => process.kill(-pid, 'SIGINT');
  const alone = (pid: number) => process.kill(pid, 'SIGTERM');
  test.each([
    ['Ctrl-C while it builds', runs('esbuild'), terminal],
    ['SIGTERM while it builds', runs('esbuild'), alone],
    ['SIGTERM while the engines start', runs('dynoxide'), alone],
    ['Ctrl-C while the engines start', runs('dynoxide'), terminal],
    ['Ctrl-C while it waits for the functions', writes('functions.log'), terminal],
  ])(
    '%s ends npm start with status 0: no further word, no process, no file left',
    async (_, hasCome, stop) => {
      const { launcher, pid, printed } = start(temporary);
      const deadline = Date.now() + 30_000;
      while (!hasCome(pid, temporary)) {
        if (launcher.exitCode !== null || Date.now() > deadline) throw new Error(`did not come so far; it printed:\n${printed()}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      const all = descendants(pid);
      const exited = new Promise<number | null>((resolve) => launcher.once('exit', resolve));
      // What it said before is its own affair: on a busy machine it may be ready by now.
      await new Promise((resolve) => setTimeout(resolve, 5));
      const before = printed();
      stop(pid);
      expect([await exited, printed()]).toEqual([0, before]);
      expect(await allGone(all, 1000)).toBe(true);
      expect(readdirSync(temporary)).toEqual([]);
    },
    60_000,
  );
});
