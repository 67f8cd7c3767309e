import { App } from 'aws-cdk-lib/core';
import { synthesize } from '../lib/synthesize.ts';

/** The CDK app, as cdk.json starts it: `-c stage=dev` (the default) or `-c stage=prod`. */
try {
  // An app without stacks reads the context as the CLI passes it on.
  const stage: unknown = new App({ autoSynth: false }).node.tryGetContext('stage');
  await synthesize({ stage: stage ?? 'dev' });
} catch (error) {
  // A message made for a person; the stack would only push it off the screen.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
