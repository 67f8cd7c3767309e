import type { SystemAssembly } from '../assembly/system-assembly.ts';
import { readProperties } from './read-property.ts';

/** A Redis user of the templates. */
export interface CacheUser {
  readonly name: string;
  /** ACL rules, such as `on ~gate:* -@all +get`. */
  readonly accessString: string;
  /** None = signs in without one. */
  readonly passwords: readonly string[];
}

/** The users in the groups of the replication groups. */
export function readCacheUsers(assembly: SystemAssembly): CacheUser[] {
  const clusters = assembly.ofType('AWS::ElastiCache::ReplicationGroup');
  const groups = new Set(
    clusters.flatMap((cluster) => readProperties(cluster, cluster.properties).list('UserGroupIds') as readonly string[]),
  );
  const members = new Set(
    assembly
      .ofType('AWS::ElastiCache::UserGroup')
      .filter(({ ref }) => groups.has(ref))
      .flatMap((group) => readProperties(group, group.properties).list('UserIds') as readonly string[]),
  );
  return assembly
    .ofType('AWS::ElastiCache::User')
    .filter(({ ref }) => members.has(ref))
    .map((user) => {
      const read = readProperties(user, user.properties);
      const mode = readProperties(user, read.object('AuthenticationMode'));
      return {
        name: read.text('UserName'),
        accessString: read.text('AccessString'),
        passwords: [...(mode.list('Passwords') as readonly string[]), ...(read.list('Passwords') as readonly string[])],
      };
    });
}
