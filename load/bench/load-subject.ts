import { createRequire } from 'node:module';
import { makeSubject } from './make-bundles.ts';
import type { Rig } from './open-rig.ts';
import { rig } from './rig-environment.ts';
import type { Subject, SubjectSettings } from './subject/open-subject.ts';

/** The gate and the ledger's parts over the rig, from their bundle; every script is known to the server. */
export async function loadSubject({ redis, redisPort, environment }: Rig, folder: string): Promise<Subject & Disposable> {
  Object.assign(process.env, environment);
  const file = await makeSubject(folder);
  const { openSubject } = createRequire(import.meta.url)(file) as { openSubject: (settings: SubjectSettings) => Subject };
  const subject = openSubject({
    ...rig,
    redis: { host: '127.0.0.1', port: redisPort, tls: false, username: rig.redisUser, password: rig.redisPassword },
  });
  for (const { source } of Object.values(subject.scripts)) await redis.script('LOAD', source);
  return { ...subject, [Symbol.dispose]: subject.close };
}
