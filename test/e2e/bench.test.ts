import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { functionNames } from '../../lambdas/contracts/functions.ts';
import { allGone, descendants } from '../support/processes.ts';
import { available } from '../support/redis-server.ts';
import { describeWith } from '../support/skip.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const temporary = mkdtempSync(path.join(os.tmpdir(), 'penstock-test-'));
afterEach(() => {
  for (const left of readdirSync(temporary)) rmSync(path.join(temporary, left), { recursive: true });
});
afterAll(() => rmSync(temporary, { recursive: true }));

/** `npm run bench` in a process group of its own, as a shell in a terminal starts it. */
function bench(...args: readonly string[]) {
  const child = spawn(process.execPath, ['bin/launch.cjs', 'load/bench.ts', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, NODE_OPTIONS: '', TMPDIR: temporary },
  });
  const printed = { out: '', progress: '' };
  child.stdout.on('data', (chunk: Buffer) => (printed.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed.progress += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { pid: child.pid ?? 0, child, printed, exited };
}

test('the sizes of all functions, as a table and as JSON with the machine', async () => {
  const file = path.join(temporary, 'bench.json');
  const { printed, exited } = bench('--only', 'sizes', '--json', file);
  expect([await exited, printed.progress]).toEqual([0, 'sizes: begins\n']);
  const rows = printed.out.split('\n').filter((line) => /^\| [a-z-]+ +\| \d+ KB +\| ≤ \d+ (?:met|\*\*missed\*\*) +\|/.test(line));
  expect(rows.map((row) => row.split(' ')[1])).toEqual([...functionNames]);

  const json = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  expect(json).toMatchObject({
    schema: 'penstock.bench/2',
    machine: { cpu: expect.any(String), cores: os.cpus().length, memoryGb: expect.any(Number), node: expect.stringMatching(/^v/) },
    measurements: [{ name: 'sizes', figures: expect.any(Array) }],
    failed: [],
  });
  expect(readdirSync(temporary)).toEqual(['bench.json']);
}, 30_000);

describeWith('redis-server', available(), () => {
  test.each([
    ['Ctrl-C', (pid: number) => process.kill(-pid, 'SIGINT')],
    ['SIGTERM', (pid: number) => process.kill(pid, 'SIGTERM')],
  ])(
    '%s while engines are at work ends it with status 130: no word of a failure, no process, no file left',
    async (_, stop) => {
      const { pid, child, printed, exited } = bench('--only', 'scripts');
      const begun = Promise.withResolvers<void>();
      child.stderr.on('data', () => {
        if (printed.progress.includes('filled')) begun.resolve();
      });
      await Promise.race([begun.promise, exited]);
      const all = descendants(pid);
      expect(all.length).toBeGreaterThan(3);
      stop(pid);
      expect([await exited, printed.progress.split('\n').at(-2)]).toEqual([130, 'stopped']);
      expect(printed.progress).not.toMatch(/Error|could not/);
      expect(await allGone(all, 2000)).toBe(true);
      expect(readdirSync(temporary)).toEqual([]);
    },
    60_000,
  );
});
