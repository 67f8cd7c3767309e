import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { callAws } from '../../local/engines/call-aws.ts';
import { type LocalSystem, startLocal } from '../../local/local-system.ts';
import { writeFixtureAssembly } from '../support/local-fixture.ts';

const web = `
exports.handler = async (event) => {
  if (event.path === '/kill') process.kill(process.pid, 'SIGKILL');
  if (event.path === '/slow') await new Promise((resolve) => setTimeout(resolve, 1000));
  return { statusCode: 200, body: String(process.pid) };
};`;

/** Told by a message to die, it does so in the middle of its batch the first time, and works the batch off the second. */
const worker = `
exports.handler = async ({ Records }) => {
  for (const { body, attributes } of Records) {
    console.log('received ' + body + ', time ' + attributes.ApproximateReceiveCount);
    await new Promise((resolve) => setTimeout(resolve, 150));
    if (body === 'die' && attributes.ApproximateReceiveCount === '1') process.kill(process.pid, 'SIGKILL');
  }
};`;

const visibilitySeconds = 2;
const queueArn = { 'Fn::GetAtt': ['Work', 'Arn'] };
const mayRead = { Effect: 'Allow', Action: 'sqs:*', Resource: queueArn };

describe('a process for each environment', () => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'penstock-test-'));
  const lines: string[] = [];
  let system: LocalSystem;

  beforeAll(async () => {
    writeFixtureAssembly(path.join(dir, 'assembly'), {
      functions: { Web: { source: web }, Worker: { source: worker, statements: [mayRead] } },
      routes: {},
      fallback: 'Web',
      resources: {
        Work: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: visibilitySeconds } },
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: { EventSourceArn: queueArn, FunctionName: { Ref: 'Worker' }, BatchSize: 10 },
        },
      },
    });
    system = await startLocal({
      assemblyDir: path.join(dir, 'assembly'),
      dataDir: path.join(dir, 'data'),
      isolation: 'process',
      report: (line) => lines.push(line),
    });
  }, 30_000);
  afterAll(async () => {
    await system.stop();
    rmSync(dir, { recursive: true });
  }, 10_000);

  const get = async (target: string) => {
    const answer = await fetch(`${system.url}${target}`);
    return { status: answer.status, body: await answer.text() };
  };

  test('killed, it is a 502 of the load balancer for its own request, none for another one, and the next request gets a new one', async () => {
    const slow = get('/slow');
    await delay(300);
    const killed = await get('/kill');
    expect(killed).toEqual({ status: 502, body: expect.stringContaining('<h1>502 Bad Gateway</h1>') });
    const next = await get('/');
    expect(next.status).toBe(200);
    const other = await slow;
    expect(other.status).toBe(200);
    expect(Number(next.body)).not.toBe(process.pid);
    expect(lines).toContain('Web: process ended (ended with status 137)');
  }, 20_000);

  test(`killed in the middle of a batch, the whole batch comes back after its visibility timeout of ${visibilitySeconds} s, and is worked off`, async () => {
    const queue = { QueueUrl: `${system.endpoints.aws}/000000000000/Fixture-Work` };
    const sentMs = performance.now();
    await callAws(system.endpoints.aws, 'AmazonSQS.SendMessage', { ...queue, MessageBody: 'die' });
    const log = () => readFileSync(system.logFile, 'utf8');
    const deadline = Date.now() + 15_000;
    while (!log().includes('received die, time 2') && Date.now() < deadline) await delay(50);
    expect(log()).toContain('received die, time 2');
    expect(performance.now() - sentMs).toBeGreaterThan(visibilitySeconds * 1000 - 100);
    const left = async () => {
      const attributes = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
      return callAws(system.endpoints.aws, 'AmazonSQS.GetQueueAttributes', { ...queue, AttributeNames: attributes });
    };
    const empty = { Attributes: { ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '0' } };
    while (JSON.stringify(await left()) !== JSON.stringify(empty) && Date.now() < deadline) await delay(50);
    expect(await left()).toEqual(empty);
  }, 20_000);
});
