import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type BuildOptions } from 'esbuild';
import { openApiDocument } from './openapi.ts';
import { trimPlugin } from './trim-plugin.ts';
import { functionNames } from '../lambdas/contracts/functions.ts';

const root = path.resolve(import.meta.dirname, '..');

/** How every bundle is made, wherever it goes (the bench bundles the same way). */
export const bundling = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  mainFields: ['module', 'main'],
  plugins: [trimPlugin],
  define: { OPENAPI_DOCUMENT: JSON.stringify(JSON.stringify(openApiDocument())) },
  sourcemap: 'external',
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
  alias: {
    // In Lambda the credentials are always in the environment: no profile, SSO or metadata chain is needed (−330 KB).
    '@aws-sdk/credential-provider-node': path.join(root, 'lambdas/runtime/environment-credentials.ts'),
    // ioredis traces through `debug`, which reads the terminal's colours at import.
    debug: path.join(root, 'lambdas/runtime/no-debug.ts'),
  },
} satisfies BuildOptions;

/**
 * Bundles every function with one esbuild call into dist/functions/<name>/index.cjs: the very files that the
 * templates name as assets and the local runtime evaluates. Source maps stay outside the assets (dist/maps).
 * CommonJS, because an ESM bundle imports 25 ms slower (docs/adr); ESM sources first, because they can be shaken.
 * Files appear whole and only when they changed, so builds, tests and local systems beside one another do no harm.
 */
export async function buildFunctions(): Promise<{ name: string; bytes: number }[]> {
  const out = path.join(root, 'dist');
  const functions = path.join(out, 'functions');
  const { metafile, outputFiles } = await build({
    entryPoints: Object.fromEntries(functionNames.map((name) => [`${name}/index`, `lambdas/entrypoints/${name}.ts`])),
    outdir: functions,
    outExtension: { '.js': '.cjs' },
    write: false,
    ...bundling,
  });
  const sizes = new Map<string, number>();
  for (const { path: file, contents } of outputFiles) {
    const name = path.basename(path.dirname(file));
    const isMap = file.endsWith('.map');
    if (!isMap) sizes.set(name, contents.length);
    replaceFile(isMap ? path.join(out, 'maps', `${name}.cjs.map`) : file, contents);
  }
  replaceFile(path.join(out, 'meta.json'), Buffer.from(JSON.stringify(metafile)));
  for (const name of readdirSync(functions)) if (!sizes.has(name)) rmSync(path.join(functions, name), { recursive: true });
  return functionNames.map((name) => ({ name, bytes: sizes.get(name) ?? 0 }));
}

function replaceFile(file: string, contents: Uint8Array): void {
  if (existsSync(file) && readFileSync(file).equals(contents)) return;
  mkdirSync(path.dirname(file), { recursive: true });
  // Not beside the file: a synthesis underway would take it into the asset.
  const whole = path.join(root, 'dist', `${process.pid}.part`);
  writeFileSync(whole, contents);
  renameSync(whole, file);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const startedMs = performance.now();
  const built = await buildFunctions();
  for (const { name, bytes } of built) console.log(`${name.padEnd(12)} ${(bytes / 1024).toFixed(0).padStart(5)} KB`);
  console.log(`${built.length} functions in ${(performance.now() - startedMs).toFixed(0)} ms`);
}
