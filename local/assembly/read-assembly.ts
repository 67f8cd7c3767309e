import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Stack, Template } from './template.ts';

interface Manifest {
  readonly artifacts?: Readonly<
    Record<
      string,
      {
        readonly type: string;
        readonly additionalMetadataFile?: string;
        readonly properties?: { readonly templateFile?: string; readonly stackName?: string; readonly file?: string };
      }
    >
  >;
}
interface AssetManifest {
  readonly files?: Readonly<Record<string, { readonly source: { readonly path?: string } }>>;
}

type ConstructMetadata = Readonly<Record<string, readonly { readonly type: string; readonly data?: unknown }[]>>;

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

function readConstructPaths(file: string | undefined): Map<string, string> {
  const entries = Object.entries(file === undefined ? {} : (readJson(file) as ConstructMetadata));
  return new Map(
    entries.flatMap(([constructPath, metadata]) =>
      metadata
        .filter(({ type }) => type === 'aws:cdk:logicalId')
        .map(({ data }) => [String(data), constructPath.replace(/^\//, '')] as const),
    ),
  );
}

/**
 * Reads a cloud assembly: each stack's template, and where its file assets lie.
 * Throws when `dir` holds no manifest or no stack: the synthesis before it must have failed.
 */
export function readAssembly(dir: string): Stack[] {
  const artifacts = Object.entries((readJson(path.join(dir, 'manifest.json')) as Manifest).artifacts ?? {});
  const assets = new Map<string, string>();
  for (const [, { type, properties }] of artifacts) {
    if (type !== 'cdk:asset-manifest' || properties?.file === undefined) continue;
    for (const [hash, { source }] of Object.entries((readJson(path.join(dir, properties.file)) as AssetManifest).files ?? {}))
      if (source.path !== undefined) assets.set(hash, path.resolve(dir, source.path));
  }
  const stacks = artifacts.flatMap(([id, { type, additionalMetadataFile, properties }]): Stack[] =>
    type === 'aws:cloudformation:stack' && properties?.templateFile !== undefined
      ? [
          {
            name: properties.stackName ?? id,
            template: readJson(path.join(dir, properties.templateFile)) as Template,
            assets,
            constructPaths: readConstructPaths(additionalMetadataFile === undefined ? undefined : path.join(dir, additionalMetadataFile)),
          },
        ]
      : [],
  );
  if (stacks.length === 0) throw new Error(`no stack in the cloud assembly at ${dir}; run \`npx cdk synth\` and see what it says`);
  return stacks;
}
