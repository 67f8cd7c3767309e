import { type App, Validations } from 'aws-cdk-lib/core';

/**
 * Has cdk-nag's packs look at the templates: a finding that nobody acknowledged, with a reason, ends the synthesis.
 * Loaded on demand, for it takes a quarter of a second that the local runtime need not spend.
 */
export async function addRulePacks(app: App): Promise<void> {
  const { AwsSolutionsChecks, ServerlessChecks } = await import('cdk-nag');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
}
