import { beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod/mini';
import { environments } from '../../lambdas/contracts/env.ts';
import { type FunctionName, httpFunctions, workerFunctions } from '../../lambdas/contracts/functions.ts';
import { limits } from '../../lambdas/contracts/limits.ts';
import { stages } from '../../lib/config/stages.ts';
import { textOf } from './support/intrinsics.ts';
import { ofType, only, stageNames, type StageTemplates, synthesizeStage } from './support/synthesized.ts';

const names: readonly FunctionName[] = [...httpFunctions, ...workerFunctions];

function propertiesOf({ service }: StageTemplates, name: FunctionName): Readonly<Record<string, unknown>> {
  const id = `Functions${name.replaceAll('-', '')}Function`;
  const found = ofType(service, 'AWS::Lambda::Function').find(([logicalId]) => logicalId.startsWith(id));
  return found?.[1].Properties ?? {};
}

function variablesOf(templates: StageTemplates, name: FunctionName): Record<string, string> {
  const { Variables } = propertiesOf(templates, name)['Environment'] as { readonly Variables: Record<string, unknown> };
  return Object.fromEntries(Object.entries(Variables).map(([key, value]) => [key, textOf(value)]));
}

describe.each(stageNames)('functions, %s', (stage) => {
  let templates: StageTemplates;
  beforeAll(async () => {
    templates = await synthesizeStage(stage);
  });

  test('there is one for each name of the contracts, and no other', () => {
    expect(ofType(templates.service, 'AWS::Lambda::Function')).toHaveLength(names.length);
  });

  test.each(names)('%s gets exactly the variables of its schema', (name) => {
    const variables = variablesOf(templates, name);
    const { AWS_REGION: _, ...wanted } = environments[name].shape;
    expect(Object.keys(variables).sort()).toEqual(Object.keys(wanted).sort());
    expect(z.safeParse(environments[name] as z.ZodMiniObject, { ...variables, AWS_REGION: 'any' }).success).toBe(true);
  });

  test.each(names)('%s runs on Node 24 and arm64, inside the network, with logs as JSON', (name) => {
    const { memoryMb } = stages[stage];
    expect(propertiesOf(templates, name)).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: (workerFunctions as readonly string[]).includes(name) ? memoryMb.worker : memoryMb.http,
      LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'INFO', SystemLogLevel: 'WARN' },
    });
    const { SubnetIds, SecurityGroupIds } = propertiesOf(templates, name)['VpcConfig'] as Record<string, unknown[]>;
    expect(SubnetIds?.map(textOf).filter((subnet) => /isolatedSubnet/.test(subnet))).toHaveLength(2);
    expect(SecurityGroupIds?.map(textOf)).toEqual([expect.stringMatching(/SecurityGroupsFunctions/)]);
  });

  test('time-outs are those of the bounds', () => {
    const timeouts = Object.fromEntries(names.map((name) => [name, propertiesOf(templates, name)['Timeout']]));
    const http = limits.httpTimeoutSeconds;
    expect(timeouts).toEqual({
      orders: http,
      tickets: http,
      'order-reads': http,
      catalog: http,
      payments: http,
      pages: http,
      admin: limits.adminTimeoutSeconds,
      changes: limits.changesTimeoutSeconds,
      commit: limits.commitTimeoutSeconds,
      expiry: limits.commitTimeoutSeconds,
      sweep: limits.sweepTimeoutSeconds,
    });
  });

  test('commit and expiry alone may send to the queue that feeds them: parked orders and long holds come round more than 16 times', () => {
    const allowed = names.filter((name) => propertiesOf(templates, name)['RecursiveLoop'] === 'Allow');
    expect(allowed).toEqual(['commit', 'expiry']);
  });

  test('sweep runs every minute, and a run that fails is not repeated', () => {
    const rule = only(templates.service, 'AWS::Events::Rule');
    const [target] = rule['Targets'] as { readonly Arn: unknown; readonly RetryPolicy: unknown }[];
    expect([rule['ScheduleExpression'], rule['State']]).toEqual(['rate(1 minute)', 'ENABLED']);
    expect(textOf(target?.Arn)).toMatch(/Functionssweep/);
    expect(target?.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 });
    expect(only(templates.service, 'AWS::Lambda::EventInvokeConfig')).toMatchObject({ MaximumRetryAttempts: 0 });
  });

  test('each log group is kept for the stage’s days and no function writes to another’s', () => {
    const groups = ofType(templates.service, 'AWS::Logs::LogGroup');
    expect(groups).toHaveLength(names.length);
    for (const [, { Properties }] of groups) expect(Properties).toMatchObject({ RetentionInDays: stages[stage].logRetentionDays });
    const used = names.map((name) => textOf((propertiesOf(templates, name)['LoggingConfig'] as Record<string, unknown>)['LogGroup']));
    expect(new Set(used).size).toBe(names.length);
  });

  test(`guests are ${stage === 'dev' ? 'allowed' : 'refused'}`, () => {
    const { guests, guestsPerMinute } = stages[stage];
    expect(guests).toBe(stage === 'dev' ? 'allowed' : 'refused');
    expect(variablesOf(templates, 'tickets')).toMatchObject({ GUESTS: guests, GUESTS_PER_MINUTE: String(guestsPerMinute) });
  });
});
