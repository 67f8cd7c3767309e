import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { CacheUser } from '../resources/read-cache-users.ts';

const unknownRule = /modifier '([^']+)': Unknown command or category/;

/** Sets one user; rules that this server's version does not know are left out, and returned. */
async function setUser(admin: Redis, { name, accessString, passwords }: CacheUser): Promise<string[]> {
  const secrets = passwords.length === 0 ? ['nopass'] : passwords.map((password) => `>${password}`);
  let rules = accessString.split(/\s+/).filter((rule) => rule !== '');
  const leftOut: string[] = [];
  for (;;) {
    try {
      await admin.call('ACL', 'SETUSER', name, 'reset', ...secrets, ...rules);
      return leftOut;
    } catch (error) {
      const unknown = unknownRule.exec(String(error))?.[1];
      if (unknown === undefined || !rules.includes(unknown)) throw error;
      rules = rules.filter((rule) => rule !== unknown);
      leftOut.push(unknown);
    }
  }
}

/** Our own user: the template's rules switch `default` off, and with it whoever signed in as that. */
const administrator = { name: 'penstock-local', accessString: 'on ~* &* +@all' } as const;

/** Makes a user who may do everything, and signs `admin` in as it. */
export async function becomeAdministrator(admin: Redis): Promise<{ username: string; password: string }> {
  const password = randomBytes(24).toString('hex');
  await setUser(admin, { ...administrator, passwords: [password] });
  await admin.auth(administrator.name, password);
  return { username: administrator.name, password };
}

/**
 * Gives the server the users of the templates, so that a command or key a function may not use is refused here too.
 * @returns A line for the operator about each user whose rules this server does not know in full.
 */
export async function applyCacheUsers(admin: Redis, users: readonly CacheUser[]): Promise<string[]> {
  const notes: string[] = [];
  for (const user of users) {
    const leftOut = await setUser(admin, user);
    if (leftOut.length > 0) notes.push(`Redis user ${user.name}: this server does not know ${leftOut.join(', ')}; left out`);
  }
  return notes;
}
