import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalSystem, startLocal } from '../../local/local-system.ts';
import { writeFixtureAssembly } from '../support/local-fixture.ts';

const echo = `exports.handler = async (event) => ({ statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(event) });`;
const faulty = `
let busy = 0;
let most = 0;
const own = Math.random();
exports.handler = async (event) => {
  switch (event.path) {
    case '/fault/throw': throw new Error('on purpose');
    case '/fault/shape': return { status: 200 };
    case '/fault/big': return { statusCode: 200, body: 'x'.repeat(1024 * 1024) };
    case '/fault/late': return new Promise(() => undefined);
    case '/fault/spin': for (;;);
    case '/fault/exit': process.exit(1);
    case '/fault/own': return { statusCode: 200, body: String(own) };
    case '/fault/busy':
      most = Math.max(most, ++busy);
      await new Promise((resolve) => setTimeout(resolve, 30));
      busy--;
      return { statusCode: 200, body: String(most) };
    case '/fault/log': console.log('plain text'); return { statusCode: 204 };
    case '/fault/env': return { statusCode: 200, body: JSON.stringify(process.env) };
  }
};`;

let system: LocalSystem;

interface Echoed {
  readonly httpMethod: string;
  readonly path: string;
  readonly queryStringParameters: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}
const get = (target: string, init: RequestInit = {}) => fetch(`${system.url}${target}`, init);
const echoed = async (target: string, init?: RequestInit) => (await (await get(target, init)).json()) as Echoed;

describe.each(['thread', 'process'] as const)('the load balancer, functions apart by %s', (isolation) => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'penstock-test-'));
  const assembly = path.join(dir, 'assembly');
  const lines: string[] = [];

  beforeAll(async () => {
    writeFixtureAssembly(assembly, {
      functions: {
        Echo: { source: echo },
        Faulty: { source: faulty, timeoutSeconds: 1, environment: { OWN: { 'Fn::GetAtt': ['Echo', 'Arn'] } } },
      },
      routes: { '/fault/*': 'Faulty' },
      fallback: 'Echo',
    });
    system = await startLocal({ assemblyDir: assembly, dataDir: path.join(dir, 'data'), isolation, report: (line) => lines.push(line) });
  }, 30_000);
  afterAll(async () => {
    await system.stop();
    rmSync(dir, { recursive: true });
  }, 10_000);

  test('hands paths and queries over as they were sent', async () => {
    const event = await echoed('/a%2Fb/%C3%A9?q=%20x&q=2&empty=&none');
    expect(event).toMatchObject({ httpMethod: 'GET', path: '/a%2Fb/%C3%A9', body: '', isBase64Encoded: false });
    expect(event.queryStringParameters).toEqual({ q: '2', empty: '', none: '' });
  });

  test('tells of the client in headers, and appends to x-forwarded-for', async () => {
    const { headers } = await echoed('/', { headers: { 'x-forwarded-for': '203.0.113.9' } });
    expect(headers).toMatchObject({
      'x-forwarded-for': '203.0.113.9, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': new URL(system.url).port,
    });
    expect(headers['x-amzn-trace-id']).toMatch(/^Root=1-/);
  });

  test('a body of 1 MB is handed over, one byte more is 413 in plain HTML', async () => {
    const post = (bytes: number) => get('/', { method: 'POST', body: 'x'.repeat(bytes), headers: { 'content-type': 'text/plain' } });
    // The function echoes it, so that its answer passes 1 MB: 502, but it was asked.
    expect((await post(1024 * 1024)).status).toBe(502);
    const refused = await post(1024 * 1024 + 1);
    expect(refused.status).toBe(413);
    expect(refused.headers.get('content-type')).toBe('text/html');
    expect(await refused.text()).toContain('<center><h1>413 Payload Too Large</h1></center>');
  });

  test.each(['throw', 'shape', 'big', 'late', 'spin', 'exit'])(
    'a function that fails by %s is 502, and serves the next request',
    async (fault) => {
      expect((await get(`/fault/${fault}`)).status).toBe(502);
      expect((await get('/fault/log')).status).toBe(204);
    },
  );

  test('HEAD has the headers of GET and no body', async () => {
    const answer = await new Promise<{ status: number | undefined; length: string | undefined; bytes: number }>((resolve, reject) => {
      httpRequest(`${system.url}/`, { method: 'HEAD' }, (response) => {
        let bytes = 0;
        response.on('data', (chunk: Buffer) => (bytes += chunk.length));
        response.on('end', () => resolve({ status: response.statusCode, length: response.headers['content-length'], bytes }));
      })
        .on('error', reject)
        .end();
    });
    expect(answer).toMatchObject({ status: 200, bytes: 0 });
    expect(Number(answer.length)).toBeGreaterThan(0);
  });

  test('32 at once: no environment ever has two events', async () => {
    const answers = await Promise.all(Array.from({ length: 32 }, async () => (await get('/fault/busy')).text()));
    expect(new Set(answers)).toEqual(new Set(['1']));
  });

  test('one after the other they all meet the same environment', async () => {
    // The last environment made for the 32 may become free among these, and is then the one.
    const met: string[] = [];
    while (met.length < 30 && (met.length < 6 || new Set(met.slice(-6)).size > 1)) met.push(await (await get('/fault/own')).text());
    expect(new Set(met.slice(-6)).size).toBe(1);
  });

  test('a function sees its own variables and nothing of ours', async () => {
    const environment = (await (await get('/fault/env')).json()) as Record<string, string>;
    expect(environment['OWN']).toBe('arn:aws:lambda:us-east-1:000000000000:function:Fixture-Echo');
    expect(environment['AWS_LAMBDA_FUNCTION_NAME']).toBe('Fixture-Faulty');
    expect(environment['PATH']).toBeUndefined();
  });

  test('what functions print is in the log file, under their names', async () => {
    await get('/fault/log');
    const deadline = Date.now() + 5000;
    const written = () => readFileSync(system.logFile, 'utf8').includes('{"function":"Faulty","message":"plain text"}');
    while (!written() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(written()).toBe(true);
  });

  test('a timeout is said to the operator', () => {
    expect(lines).toContainEqual(expect.stringContaining('Faulty: Task timed out after 1 seconds'));
  });
});
