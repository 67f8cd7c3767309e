import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { synthesize } from '../../lib/synthesize.ts';
import { stageNames, type StageTemplates, type TemplateJson, synthesizeStage } from './support/synthesized.ts';

const imports = (template: TemplateJson): string[] => [
  ...new Set([...JSON.stringify(template).matchAll(/"Fn::ImportValue":"Penstock-(?:Dev|Prod)-(\w+):/g)].map(([, stack]) => stack ?? '')),
];

// The rule packs take seconds, and more on a busy machine.
jest.setTimeout(120_000);

describe.each(stageNames)('cloud assembly, %s', (stage) => {
  let templates: StageTemplates;
  beforeAll(async () => {
    templates = await synthesizeStage(stage);
  });

  test('two synths give equal templates', async () => {
    expect(await synthesizeStage(stage)).toEqual(templates);
  });

  test('the checks find nothing and change nothing; warnings say what is left out', async () => {
    const printed = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const checked = await synthesizeStage(stage, true);
    const warnings = printed.mock.calls
      .flat()
      .join('\n')
      .match(/penstock:[\w-]+/g);
    printed.mockRestore();
    expect(warnings).toEqual(stage === 'dev' ? ['penstock:plain-http', 'penstock:no-access-logs'] : ['penstock:no-access-logs']);
    expect(checked).toEqual(templates);
  });

  test('each stack imports only from those before it', () => {
    const { network, data, service, observability } = templates;
    expect(imports(network)).toEqual([]);
    expect(imports(data)).toEqual(['Network']);
    expect(imports(service).sort()).toEqual(['Data', 'Network']);
    expect(imports(observability).sort()).toEqual(['Data', 'Service']);
  });

  test('no account and no region is written into a template', () => {
    const text = JSON.stringify(templates);
    expect(text).not.toMatch(/\b\d{12}\b/);
    expect(text).not.toMatch(/\b(us|eu|ap|sa|ca|me|af)-(north|south|east|west|central)\w*-\d\b/);
  });
});

test('an unknown stage is refused with the list of those there are', async () => {
  await expect(synthesize({ stage: 'qa' })).rejects.toThrow(
    'Unknown stage: got "qa", expected one of dev, prod. Run again with -c stage=dev.',
  );
});

test('a missing bundle is refused with its place and the command that makes it', async () => {
  const outdir = mkdtempSync(path.join(os.tmpdir(), 'penstock-synth-'));
  await expect(synthesize({ stage: 'dev', outdir, bundles: 'nowhere', checks: false })).rejects.toThrow(
    /No bundle of orders: expected nowhere.orders.index\.cjs\. Run `npm run build` first/,
  );
  rmSync(outdir, { recursive: true });
});
