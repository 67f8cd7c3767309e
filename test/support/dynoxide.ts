import { existsSync } from 'node:fs';
import path from 'node:path';
import { freePort, startEngine, type Engine } from './engine-process.ts';

const binary = path.resolve(import.meta.dirname, '../../node_modules/@dynoxide/linux-x64/dynoxide');

/** False where npm left the optional package out: other systems than linux-x64. */
export const dynoxideAvailable = existsSync(binary);

/** dynoxide with nothing in it: DynamoDB on SQLite, in memory. */
export async function startDynoxide(): Promise<Engine> {
  const port = await freePort();
  return startEngine(binary, ['serve', '--host', '127.0.0.1', '--port', String(port)], port, { withinMs: 10_000 });
}
