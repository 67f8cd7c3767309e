import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeAssembly, startLocal } from '../../local/local-system.ts';
import { Timings } from '../../local/timings.ts';
import { allGone, commandLine, descendants } from '../support/processes.ts';
import { Api, lineOf } from '../support/api.ts';
import { available } from '../support/redis-server.ts';
import { operatorKey } from '../support/running-system.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const dir = mkdtempSync(path.join(os.tmpdir(), 'penstock-test-'));
const assembly = path.join(dir, 'assembly');

/** `npm start`, as package.json has it. */
async function start(
  environment: NodeJS.ProcessEnv = {},
): Promise<{ launcher: ChildProcess; runtime: number; url: string; all: number[]; printed: () => string }> {
  const launcher = spawn(process.execPath, ['bin/launch.cjs', 'local/start.ts'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', PORT: '0', REDIS_URL: '', ...environment },
  });
  let text = '';
  for (const stream of [launcher.stdout, launcher.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const deadline = Date.now() + 60_000;
  while (!text.includes('Ctrl-C stops it.')) {
    if (launcher.exitCode !== null || Date.now() > deadline) throw new Error(`not ready; it printed:\n${text}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const below = descendants(launcher.pid ?? 0);
  const [runtime = 0] = below;
  return {
    launcher,
    runtime,
    url: /(http:\/\/127\.0\.0\.1:\d+)\n/.exec(text)?.[1] ?? '',
    all: [launcher.pid ?? 0, ...below],
    printed: () => text,
  };
}

const exitOf = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once('exit', resolve));

interface PolicyTemplate {
  readonly Resources: Record<string, { Type: string; Properties: { PolicyDocument: { Statement: { Action: string | string[] }[] } } }>;
}

/** Takes every statement that allows `action` out of the policy whose logical id begins so. */
function withdraw(policyPrefix: string, action: string): void {
  const file = path.join(assembly, 'Penstock-Dev-Service.template.json');
  const template = JSON.parse(readFileSync(file, 'utf8')) as PolicyTemplate;
  const found = Object.entries(template.Resources).find(([id, { Type }]) => Type === 'AWS::IAM::Policy' && id.startsWith(policyPrefix));
  const document = found?.[1].Properties.PolicyDocument;
  if (document === undefined) throw new Error(`no policy ${policyPrefix} in the template`);
  const kept = document.Statement.filter(({ Action }) => ![Action].flat().includes(action));
  expect(kept.length).toBeLessThan(document.Statement.length);
  document.Statement = kept;
  writeFileSync(file, JSON.stringify(template));
}

describe('the local runtime', () => {
  beforeAll(async () => {
    await makeAssembly('dev', assembly, new Timings());
  }, 60_000);
  afterAll(() => rmSync(dir, { recursive: true }));

  describe('npm start', () => {
    const isolations = [
      ['thread', 'a thread for each, with all its environments'],
      ['process', 'a process for each environment (PENSTOCK_ISOLATION=process)'],
    ] as const;
    test.each(isolations)(
      'with PENSTOCK_ISOLATION=%s serves the demonstration sale, and SIGTERM ends it within 5 s with status 0 and leaves no process',
      async (isolation, said) => {
        const { launcher, url, all, printed } = await start({ PENSTOCK_ISOLATION: isolation });
        expect(printed()).toContain(`functions: ${said}\n`);
        expect(printed()).toContain('\nschedule: sweep every 60 s, the first time in 60 s\n');
        expect(all.length).toBeGreaterThanOrEqual(available() ? 6 : 4);
        const sale = await fetch(`${url}/v1/sales/demo`);
        expect(sale.status).toBe(200);
        expect(await sale.json()).toMatchObject({ saleId: 'demo', state: 'open' });
        expect(printed()).toMatch(/operator key {2}psk_local/);
        expect(printed()).toMatch(/not emulated: AWS::EC2::VPC ×1/);
        const exited = exitOf(launcher);
        launcher.kill('SIGTERM');
        expect(await Promise.race([exited, delay(5000, 'late', { ref: false })])).toBe(0);
        expect(await allGone(all, 1000)).toBe(true);
      },
      90_000,
    );

    test('without a redis-server or valkey-server on the PATH it sells on the embedded engine', async () => {
      const { launcher, url, printed } = await start({ PATH: path.join(root, 'node_modules', '.bin'), PENSTOCK_OPERATOR_KEY: operatorKey });
      try {
        expect(printed()).toMatch(/^Redis: embedded engine/m);
        const api = new Api({ url });
        expect((await api.sell('drop')).status).toBe(201);
        const accepted = await api.order('drop', 'key', lineOf('buyer'));
        expect(accepted.status).toBe(202);
        expect((await api.settled(accepted.body.orderId)).body.state).toBe('held');
        expect((await api.call('GET', '/v1/admin/sales/drop/audit')).body).toMatchObject({ ok: true, checked: { orders: 1 } });
      } finally {
        const exited = exitOf(launcher);
        launcher.kill('SIGTERM');
        expect(await exited).toBe(0);
      }
    }, 90_000);

    test.each(isolations.map(([isolation]) => isolation))(
      'kill -9 of the runtime leaves no engine behind, nor a function (PENSTOCK_ISOLATION=%s)',
      async (isolation) => {
        const { launcher, runtime, all } = await start({ PENSTOCK_ISOLATION: isolation });
        expect(all.some((pid) => commandLine(pid).includes('function-process.ts'))).toBe(isolation === 'process');
        const exited = exitOf(launcher);
        process.kill(runtime, 'SIGKILL');
        expect(await allGone(all, 3000)).toBe(true);
        expect(await exited).toBe(1);
      },
      90_000,
    );

    test.each([
      ['an option there is not', ['--nope'], {}, "Unknown option '--nope'"],
      ['another stage', [], { PENSTOCK_STAGE: 'test' }, 'PENSTOCK_STAGE should be dev or prod, is test'],
      ['another isolation', [], { PENSTOCK_ISOLATION: 'container' }, 'PENSTOCK_ISOLATION should be thread or process, is container'],
      [
        'a data directory that cannot be',
        [],
        { PENSTOCK_DATA_DIR: '/proc/nope' },
        "PENSTOCK_DATA_DIR should be a folder that may be written to, or that can be made, is /proc/nope\n  because: ENOENT: no such file or directory, mkdir '/proc/nope'",
      ],
    ])('refuses %s with status 2, before it looks whether the port is taken, and names --help', async (_, args, wrong, message) => {
      const taken = createServer().listen(0, '127.0.0.1');
      await once(taken, 'listening');
      const { port } = taken.address() as AddressInfo;
      const { status, stderr } = spawnSync(process.execPath, ['bin/launch.cjs', 'local/start.ts', ...args], {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, NODE_OPTIONS: '', PORT: String(port), ...wrong },
      });
      taken.close();
      expect([status, stderr]).toEqual([2, `${message}\nTry: npm start -- --help\n`]);
    });

    test('kill -9 of the launcher ends everything too', async () => {
      const { launcher, all } = await start();
      launcher.kill('SIGKILL');
      expect(await allGone(all, 5000)).toBe(true);
    }, 90_000);
  });

  describe('a missing grant', () => {
    test('is refused at the call, in the words of AWS', async () => {
      withdraw('Functionscatalog', 'dynamodb:GetItem');
      const system = await startLocal({ assemblyDir: assembly, dataDir: path.join(dir, 'data') });
      try {
        const answer = await fetch(`${system.url}/v1/sales/demo`);
        expect(answer.status).toBeGreaterThanOrEqual(500);
        const deadline = Date.now() + 5000;
        const log = () => readFileSync(system.logFile, 'utf8');
        while (!log().includes('not authorized') && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
        expect(log()).toMatch(
          /AccessDeniedException.*User: arn:aws:sts::000000000000:assumed-role\/.*catalog.* is not authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb:.*:table\/.*Sales.* because no identity-based policy allows the dynamodb:GetItem action/,
        );
      } finally {
        await system.stop();
      }
    }, 60_000);

    test('to read the queue is refused at the start, as a deployment would', async () => {
      withdraw('Functionscommit', 'sqs:ReceiveMessage');
      await expect(startLocal({ assemblyDir: assembly, dataDir: path.join(dir, 'data') })).rejects.toThrow(
        /The provided execution role of commit does not have permissions to call ReceiveMessage on SQS/,
      );
    }, 60_000);
  });
});
