import { randomUUID } from 'node:crypto';
import { rename, rm, stat, writeFile } from 'node:fs/promises';

const beside = (file: string): string => `${file}.${randomUUID()}.part`;

/** Writes a value as JSON so that readers of the file see the old content or the new, never half of one. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  const part = beside(file);
  try {
    await writeFile(part, `${JSON.stringify(value, undefined, 2)}\n`);
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw new Error(`cannot write ${file}`, { cause: error });
  }
}

/**
 * Why --json cannot name this file, undefined where it can or names none; asked before the work whose result goes there. It is found by writing beside the file, as writeJson
 * does: permissions alone do not tell of a file system that takes no files.
 */
export async function jsonFault(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const part = beside(file);
  try {
    await writeFile(part, '');
    await rm(part);
  } catch (error) {
    return `--json: got ${file}, expected a file that can be written (${String((error as NodeJS.ErrnoException).code)})`;
  }
  const there = await stat(file).catch(() => undefined);
  return there?.isDirectory() === true ? `--json: got ${file}, expected a file, is a folder` : undefined;
}
