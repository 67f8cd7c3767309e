import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PenstockApp } from './app.ts';
import { stageConfig } from './config/stages.ts';
import { addRulePacks } from './rule-packs.ts';

/** What to synthesize, and how thoroughly. */
export interface SynthesizeOptions {
  /** Name of a stage (lib/config/stages.ts). */
  readonly stage: unknown;
  /**
   * Folder that templates and assets are written into.
   * @default what the CDK CLI asks for, else a new temporary folder
   */
  readonly outdir?: string;
  /**
   * Folder with a folder for each function's bundle.
   * @default dist/functions, where bin/build.ts puts them
   */
  readonly bundles?: string;
  /**
   * Whether the rule packs and CloudFormation's own validation look at the templates. The local runtime does without:
   * it wants the same templates sooner.
   * @default true
   */
  readonly checks?: boolean;
}

/** A stack's template and where it lies. */
export interface SynthesizedStack {
  readonly name: string;
  /** Absolute path of the CloudFormation template (JSON); its assets lie beside it. */
  readonly templateFile: string;
}

/** The cloud assembly: what `cdk deploy` would deploy. */
export interface SynthesizedApp {
  readonly directory: string;
  /** In order of deployment: each depends only on those before it. */
  readonly stacks: readonly SynthesizedStack[];
}

/** The flag by which warnings are printed at synth: who wants no checks wants no report of them. */
const printsWarnings = '@aws-cdk/core:annotationsInValidationReport';
const root = path.resolve(import.meta.dirname, '..');
const readJson = (file: string): unknown => JSON.parse(readFileSync(path.join(root, file), 'utf8'));

/**
 * Builds the app of a stage and writes its cloud assembly. The bundles must be there (bin/build.ts).
 * @throws Error for an unknown stage, settings or bounds that contradict one another, a missing bundle, or a finding of the checks.
 */
export async function synthesize({
  stage,
  outdir,
  bundles = path.join(root, 'dist', 'functions'),
  checks = true,
}: SynthesizeOptions): Promise<SynthesizedApp> {
  const { version } = readJson('package.json') as { version: string };
  const { context } = readJson('cdk.json') as { context: Record<string, unknown> };
  const app = new PenstockApp({
    config: stageConfig(stage),
    version,
    bundles,
    // The CLI passes the same from cdk.json; whoever synthesizes without it gets the same templates.
    context: { ...context, ...(checks ? {} : { [printsWarnings]: false }) },
    // Synthesized below, once: at the end of the process a failed one would be tried again.
    autoSynth: false,
    analyticsReporting: false,
    builtinCloudFormationValidation: checks,
    ...(outdir === undefined ? {} : { outdir }),
  });
  if (checks) await addRulePacks(app);
  const assembly = app.synth();
  return {
    directory: assembly.directory,
    stacks: assembly.stacks.map(({ stackName, templateFullPath }) => ({ name: stackName, templateFile: templateFullPath })),
  };
}
