import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { App, Stack } from 'aws-cdk-lib/core';

// The rule packs take seconds, and more on a busy machine.
jest.setTimeout(120_000);

const { addRulePacks } = await import('../../lib/rule-packs.ts');
const added = jest.fn(addRulePacks);
jest.unstable_mockModule('../../lib/rule-packs.ts', () => ({ addRulePacks: added }));
const { synthesizeStage } = await import('./support/synthesized.ts');

let outdir: string;
beforeEach(() => {
  added.mockClear();
  outdir = mkdtempSync(path.join(os.tmpdir(), 'penstock-packs-'));
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(outdir, { recursive: true });
});

test.each([
  ['a bucket without TLS', 'AwsSolutions-S10', (stack: Stack) => new Bucket(stack, 'Bucket')],
  ['a queue without a dead-letter queue', 'Serverless-SQSRedrivePolicy', (stack: Stack) => new Queue(stack, 'Queue', { enforceSSL: true })],
])('%s ends the synthesis', async (_, finding, make) => {
  const app = new App({ outdir, analyticsReporting: false });
  make(new Stack(app, 'Careless'));
  await addRulePacks(app);
  expect(() => app.synth()).toThrow(finding);
});

test('a synthesis with checks has them, one without has not', async () => {
  await synthesizeStage('dev', true);
  expect(added).toHaveBeenCalledTimes(1);
  await synthesizeStage('dev', false);
  expect(added).toHaveBeenCalledTimes(1);
});
