import { locales } from 'zod/mini';
import { dev } from './dev.ts';
import { prod } from './prod.ts';
import { type StageConfig, stageConfigSchema } from './stage-config.ts';

/** The stages there are, by name. */
export const stages: Readonly<Record<StageConfig['stage'], StageConfig>> = { dev, prod };

const show = (value: unknown): string => JSON.stringify(value) ?? 'nothing';

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined), value);

/**
 * A stage's settings, checked.
 * @throws Error that lists every field out of range with what it got and what is expected.
 */
export function checkStageConfig(config: unknown): StageConfig {
  const checked = stageConfigSchema.safeParse(config, { error: locales.en().localeError });
  if (checked.success) return checked.data;
  const faults = checked.error.issues.map(
    (issue) => `  ${issue.path.join('.') || 'the stage'}: got ${show(at(config, issue.path))}. ${issue.message}`,
  );
  throw new Error(`Stage configuration is not valid:\n${faults.join('\n')}\nFix it in lib/config; the ranges are in stage-config.ts.`);
}

/**
 * The settings of the stage that was asked for by `-c stage=…`.
 * @throws Error for a name that is not a stage; it lists those there are.
 */
export function stageConfig(name: unknown): StageConfig {
  const config = Object.entries(stages).find(([stage]) => stage === name)?.[1];
  if (config === undefined)
    throw new Error(`Unknown stage: got ${show(name)}, expected one of ${Object.keys(stages).join(', ')}. Run again with -c stage=dev.`);
  return checkStageConfig(config);
}
