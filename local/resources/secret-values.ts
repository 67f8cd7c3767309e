import { readFileSync, writeFileSync } from 'node:fs';
import { generateSecretString, type SecretGeneration } from './generate-secret-string.ts';

/**
 * The values of the templates' secrets: made once a run, or kept in a file of the data directory (mode 600), because tokens
 * and order ids made with them must stay valid as long as the tables do.
 */
export class SecretValues {
  readonly #values: Map<string, string>;
  readonly #file: string | undefined;

  /** @param file Where values are kept; absent = for this run only. */
  constructor(file?: string) {
    this.#file = file;
    this.#values = new Map(Object.entries(file === undefined ? {} : readKept(file)));
  }

  /** The value under a name, generated when there is none yet. */
  generated(name: string, generation: SecretGeneration): string {
    return this.#values.get(name) ?? this.set(name, generateSecretString(generation));
  }

  /** Sets the value under a name: some are given, not generated. */
  set(name: string, value: string): string {
    this.#values.set(name, value);
    if (this.#file !== undefined)
      writeFileSync(this.#file, JSON.stringify(Object.fromEntries(this.#values), undefined, 2), { mode: 0o600 });
    return value;
  }
}

function readKept(file: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error(`the kept secrets cannot be read: ${file}`, { cause: error });
  }
}
