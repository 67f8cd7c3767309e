import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';

const root = path.resolve(import.meta.dirname, '..', '..', '..');
const folder = mkdtempSync(path.join(os.tmpdir(), 'penstock-test-'));

/** A file that would break a rule: where it would lie, its one line, and the rule. */
type Violation = readonly [fact: string, file: string, line: string, rule: string];

const imports = 'eslint(no-restricted-imports)';
const globals = 'eslint(no-restricted-globals)';

const violations: readonly Violation[] = [
  ['contracts import nothing of ours', 'lambdas/contracts/a.ts', `import '../domain/kernel/assert.ts';`, imports],
  ['contracts import no package but the schema library', 'lambdas/contracts/b.ts', `import 'ulid';`, imports],
  ['domain imports no adapter', 'lambdas/domain/orders/a.ts', `import '../../stores/redis/keys.ts';`, imports],
  ['domain imports no wrapper', 'lambdas/domain/orders/b.ts', `import '../../runtime/clock.ts';`, imports],
  ['domain imports no SDK', 'lambdas/domain/orders/c.ts', `import '@aws-sdk/client-sqs';`, imports],
  ['domain imports no operation of another context', 'lambdas/domain/orders/d.ts', `import '../sales/put-sale.ts';`, imports],
  [
    'domain imports no operation of another context at run time',
    'lambdas/domain/orders/e.ts',
    `await import('../sales/put-sale.ts');`,
    imports,
  ],
  [
    'domain draws no random number from a module',
    'lambdas/domain/orders/f.ts',
    `import { randomUUID } from 'node:crypto'; randomUUID();`,
    imports,
  ],
  ['domain draws no random number', 'lambdas/domain/orders/g.ts', `Math.random();`, 'eslint(no-restricted-properties)'],
  ['domain makes no Date', 'lambdas/domain/orders/h.ts', `export const a = new Date();`, globals],
  ['domain asks no Date', 'lambdas/domain/orders/i.ts', `Date.now();`, globals],
  ['domain measures no time', 'lambdas/domain/orders/j.ts', `performance.now();`, globals],
  ['domain sets no timer', 'lambdas/domain/orders/k.ts', `setTimeout(String, 1);`, globals],
  ['domain writes to no console', 'lambdas/domain/orders/l.ts', `console.log();`, globals],
  ['domain calls nobody', 'lambdas/domain/orders/m.ts', `await fetch('');`, globals],
  ['domain reads no environment', 'lambdas/domain/orders/n.ts', `export const a = process.env;`, globals],
  ['domain reaches none of them by globalThis', 'lambdas/domain/orders/o.ts', `globalThis.setTimeout(String, 1);`, globals],
  ['domain reaches none of them by global', 'lambdas/domain/orders/p.ts', `global.setTimeout(String, 1);`, globals],
  [
    'domain names no type of a wrapper in passing',
    'lambdas/domain/orders/q.ts',
    `export type A = import('../../runtime/clock.ts').Clock;`,
    'typescript(consistent-type-imports)',
  ],
  ['the kernel imports no context', 'lambdas/domain/kernel/a.ts', `import '../orders/ports.ts';`, imports],
  ['stores import no handler', 'lambdas/stores/redis/a.ts', `import '../../http/etag.ts';`, imports],
  ['stores import no operation', 'lambdas/stores/redis/b.ts', `import '../../domain/orders/commit-order.ts';`, imports],
  ['stores import no entry file', 'lambdas/stores/redis/c.ts', `import '../../entrypoints/orders.ts';`, imports],
  ['queues import no CDK', 'lambdas/queues/a.ts', `import 'aws-cdk-lib/core';`, imports],
  ['gateways import no development dependency', 'lambdas/gateways/a.ts', `import 'undici';`, imports],
  ['stores read no environment', 'lambdas/stores/redis/d.ts', `export const a = process.env;`, globals],
  ['stores reach no process by globalThis', 'lambdas/stores/redis/f.ts', `export const a = globalThis.process.env;`, globals],
  ['stores reach no process by global', 'lambdas/stores/redis/g.ts', `export const a = global.process.env;`, globals],
  ['stores do not import process', 'lambdas/stores/redis/e.ts', `import 'node:process';`, imports],
  ['http imports no adapter', 'lambdas/http/a.ts', `import '../stores/redis/keys.ts';`, imports],
  ['http imports no SDK', 'lambdas/http/b.ts', `import '@aws-sdk/client-dynamodb';`, imports],
  ['http imports no CDK', 'lambdas/http/c.ts', `import 'constructs';`, imports],
  ['workers import no adapter', 'lambdas/workers/a.ts', `import '../queues/sqs-client.ts';`, imports],
  ['workers read no environment', 'lambdas/workers/b.ts', `process.exit();`, globals],
  ['runtime imports no context', 'lambdas/runtime/a.ts', `import '../domain/orders/order.ts';`, imports],
  ['runtime imports no adapter', 'lambdas/runtime/b.ts', `import '../stores/redis/keys.ts';`, imports],
  [
    'runtime imports types of the SDK only',
    'lambdas/runtime/c.ts',
    `import { DynamoDBClient as a } from '@aws-sdk/client-dynamodb'; a;`,
    imports,
  ],
  ['entry files import no infrastructure', 'lambdas/entrypoints/a.ts', `import '../../lib/app.ts';`, imports],
  ['wiring imports no infrastructure', 'lambdas/entrypoints/wiring/a.ts', `import '../../../lib/app.ts';`, imports],
  ['entry files import no CDK', 'lambdas/entrypoints/b.ts', `import 'aws-cdk-lib';`, imports],
  ['entry files import no development dependency', 'lambdas/entrypoints/c.ts', `import 'fast-check';`, imports],
  ['entry files import no test', 'lambdas/entrypoints/e.ts', `import '../../test/support/api.ts';`, imports],
  ['entry files import no load', 'lambdas/entrypoints/f.ts', `import '../../load/buy.ts';`, imports],
  ['entry files have at most 30 lines', 'lambdas/entrypoints/d.ts', 'String();\n'.repeat(31), 'eslint(max-lines)'],
  ['a new folder of lambdas imports no CDK', 'lambdas/new/a.ts', `import 'aws-cdk-lib';`, imports],
  ['a new folder of lambdas imports no other', 'lambdas/new/b.ts', `import '../stores/redis/keys.ts';`, imports],
  ['lib imports no runtime code', 'lib/stacks/a.ts', `import '../../lambdas/domain/orders/order.ts';`, imports],
  ['lib reads no environment', 'lib/stacks/b.ts', `export const a = process.env;`, globals],
  ['lib reaches no process by globalThis', 'lib/stacks/d.ts', `export const a = globalThis.process.env;`, globals],
  ['lib imports no program', 'lib/stacks/e.ts', `import '../../bin/build.ts';`, imports],
  ['lib does not import process', 'lib/stacks/c.ts', `import 'node:process';`, imports],
  ['bin imports no runtime code', 'bin/a.ts', `import '../lambdas/runtime/clock.ts';`, imports],
  ['local imports no runtime code', 'local/queues/a.ts', `import '../../lambdas/queues/sqs-client.ts';`, imports],
  ['local imports no CDK', 'local/a.ts', `import 'aws-cdk-lib/core';`, imports],
  ['load imports no runtime code', 'load/a.ts', `import '../lambdas/http/etag.ts';`, imports],
  ['load calls no AWS', 'load/b.ts', `import '@aws-sdk/client-sqs';`, imports],
  ['load starts no local part', 'load/c.ts', `import '../local/start.ts';`, imports],
  ['the bench imports no runtime code', 'load/bench/a.ts', `import '../../lambdas/http/etag.ts';`, imports],
  [
    'what the bench bundles to measure imports no entry file',
    'load/bench/subject/a.ts',
    `import '../../../lambdas/entrypoints/orders.ts';`,
    imports,
  ],
];

/** Others, about a file that is never read or holds too little, say nothing of what these files may import. */
const looked = new Set(violations.map(([, , , rule]) => rule));

/** What is allowed: were it refused, the rules above would prove nothing. */
const allowed: readonly (readonly [file: string, line: string])[] = [
  [
    'lambdas/domain/orders/good.ts',
    `import '../../contracts/limits.ts'; import '../kernel/assert.ts'; import '../stock/ports.ts'; import './order.ts';`,
  ],
  ['lambdas/domain/orders/dates.ts', `export type A = Date;`],
  ['lambdas/stores/redis/good.ts', `import 'ioredis'; import './lua/draw.lua'; import '../../domain/stock/ports.ts';`],
  ['lambdas/runtime/good.ts', `import type { AttributeValue } from '@aws-sdk/client-dynamodb'; export type A = AttributeValue;`],
  ['lambdas/entrypoints/wiring/good.ts', `import '../../http/get-order.ts'; export const a = process.env;`],
  ['lib/stacks/good.ts', `import 'aws-cdk-lib/core'; import '../../lambdas/contracts/env.ts';`],
  ['bin/good.ts', `export const a = process.env;`],
];

/** The rules that each file breaks, by one run of the linter over all of them. */
function lint(files: readonly (readonly [file: string, text: string])[]): Map<string, string[]> {
  copyFileSync(path.join(root, '.oxlintrc.json'), path.join(folder, '.oxlintrc.json'));
  for (const [file, text] of files) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), `${text}\n`);
  }
  const { stdout, stderr } = spawnSync(process.execPath, [path.join(root, 'node_modules/oxlint/bin/oxlint'), '--format=json'], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  if (!stdout.startsWith('{')) throw new Error(`the linter did not run: ${stdout}${stderr}`);
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
  const broken = new Map<string, string[]>(files.map(([file]) => [file, []]));
  for (const { code, filename } of diagnostics) if (looked.has(code)) broken.get(filename)?.push(code);
  return broken;
}

describe('the linter', () => {
  const broken = lint([...violations.map(([, file, line]) => [file, line] as const), ...allowed]);
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(violations)('%s (%s)', (_, file, _line, rule) => {
    expect(new Set(broken.get(file))).toEqual(new Set([rule]));
  });

  test.each(allowed)('lets %s import what it may', (file) => {
    expect(broken.get(file)).toEqual([]);
  });
});
