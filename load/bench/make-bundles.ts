import { build } from 'esbuild';
import path from 'node:path';
import { bundling } from '../../bin/build.ts';
import type { FunctionName } from '../../lambdas/contracts/functions.ts';

/**
 * Bundles functions as `npm run build` does, into a folder of the bench's own: a running system's files are left alone.
 * @param alias Modules replaced, besides those that every bundle replaces.
 * @returns The bundle's file for each function.
 */
export async function makeBundles<F extends FunctionName>(
  names: readonly F[],
  outdir: string,
  alias: Readonly<Record<string, string>> = {},
): Promise<Record<F, string>> {
  const entries = Object.fromEntries(names.map((name) => [name, `lambdas/entrypoints/${name}.ts`]));
  return bundle(entries, outdir, alias);
}

/** Bundles what the bench measures below the functions (subject/open-subject.ts), as they are bundled themselves. */
export async function makeSubject(outdir: string): Promise<string> {
  const { subject = '' } = await bundle({ subject: 'load/bench/subject/open-subject.ts' }, outdir, {});
  return subject;
}

async function bundle(
  entryPoints: Readonly<Record<string, string>>,
  outdir: string,
  alias: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  await build({
    ...bundling,
    sourcemap: false,
    alias: { ...bundling.alias, ...alias },
    entryPoints: { ...entryPoints },
    outdir,
    outExtension: { '.js': '.cjs' },
  });
  return Object.fromEntries(Object.keys(entryPoints).map((name) => [name, path.join(outdir, `${name}.cjs`)]));
}
