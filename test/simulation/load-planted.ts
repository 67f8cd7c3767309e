import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/** A bug planted into a source file as it is loaded: the text must be there exactly once. */
export interface Graft {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const root = new URL('../../', import.meta.url);

/**
 * From here on: a .lua file is a module whose default export is its text, and the grafts are in the files they name.
 * To be called before anything that they may change is imported.
 */
export function loadPlanted(grafts: readonly Graft[]): void {
  registerHooks({
    load(url, context, nextLoad) {
      const path = url.startsWith(root.href) ? url.slice(root.href.length) : undefined;
      const here = path === undefined ? [] : grafts.filter(({ file }) => file === path);
      const lua = url.endsWith('.lua');
      if (!lua && here.length === 0) return nextLoad(url, context);
      let source = readFileSync(fileURLToPath(url), 'utf8');
      for (const graft of here) source = grafted(source, graft);
      return lua
        ? { format: 'module', source: `export default ${JSON.stringify(source)};`, shortCircuit: true }
        : { format: 'module-typescript', source, shortCircuit: true };
    },
  });
}

function grafted(source: string, { file, find, replace }: Graft): string {
  const parts = source.split(find);
  if (parts.length !== 2) throw new Error(`a planted bug does not fit ${file} any more: found ${parts.length - 1} times: ${find}`);
  return parts.join(replace);
}
