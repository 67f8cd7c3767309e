import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { httpFunctions, workerFunctions } from '../../../lambdas/contracts/functions.ts';
import { type SynthesizedStack, synthesize } from '../../../lib/synthesize.ts';

/** A resource of a template. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
}

/** A CloudFormation template. */
export interface TemplateJson {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

/** The templates of one stage, by stack. */
export interface StageTemplates {
  readonly network: TemplateJson;
  readonly data: TemplateJson;
  readonly service: TemplateJson;
  readonly observability: TemplateJson;
}

/** The stages, as `test.each` wants them. */
export const stageNames = ['dev', 'prod'] as const;
export type StageName = (typeof stageNames)[number];

/** Stand-ins for the bundles, so that templates can be looked at without a build. */
export function makeBundles(folder: string): void {
  for (const name of [...httpFunctions, ...workerFunctions]) {
    mkdirSync(path.join(folder, name), { recursive: true });
    writeFileSync(path.join(folder, name, 'index.cjs'), `exports.handler = () => '${name}';\n`);
  }
}

/** The templates of a stage, synthesized in a temporary folder that is gone afterwards. */
export async function synthesizeStage(stage: StageName, checks = false): Promise<StageTemplates> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'penstock-synth-'));
  const bundles = path.join(folder, 'bundles');
  makeBundles(bundles);
  try {
    return templatesOf((await synthesize({ stage, outdir: path.join(folder, 'out'), bundles, checks })).stacks);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The stacks must come in order of deployment. */
function templatesOf(stacks: readonly SynthesizedStack[]): StageTemplates {
  const template = (index: number, suffix: string): TemplateJson => {
    const stack = stacks[index];
    if (!stack?.name.endsWith(`-${suffix}`)) throw new Error(`stack ${index}: got ${stack?.name}, expected Penstock-<Stage>-${suffix}`);
    return JSON.parse(readFileSync(stack.templateFile, 'utf8')) as TemplateJson;
  };
  return {
    network: template(0, 'Network'),
    data: template(1, 'Data'),
    service: template(2, 'Service'),
    observability: template(3, 'Observability'),
  };
}

/** Resources of one type, with their logical ids. */
export const ofType = (template: TemplateJson, type: string): [string, Resource][] =>
  Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    // CloudFormation lets a resource without properties leave them out.
    .map(([id, resource]) => [id, { ...resource, Properties: resource.Properties ?? {} }]);

/** The properties of the one resource of a type. */
export function only(template: TemplateJson, type: string): Readonly<Record<string, unknown>> {
  const found = ofType(template, type);
  const [first] = found;
  if (found.length !== 1 || !first) throw new Error(`${type}: got ${found.length}, expected 1`);
  return first[1].Properties;
}
