import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';

/** Writes a value as JSON so that readers of the file see the old content or the new, never half of one. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  const beside = `${file}.${randomUUID()}.part`;
  try {
    await writeFile(beside, `${JSON.stringify(value, undefined, 2)}\n`);
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw new Error(`cannot write ${file}`, { cause: error });
  }
}
