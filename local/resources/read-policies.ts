import type { SystemAssembly } from '../assembly/system-assembly.ts';
import type { Statement } from '../front-door/evaluate-policy.ts';
import { readProperties } from './read-property.ts';

interface PolicyDocument {
  readonly Statement?: Statement | readonly Statement[];
}

const statementsOf = ({ Statement }: PolicyDocument): readonly Statement[] =>
  Statement === undefined ? [] : Array.isArray(Statement) ? (Statement as Statement[]) : [Statement as Statement];

/**
 * Identity-based statements of each role, by the role's name: inline, and attached by policies of the templates. AWS's own
 * managed policies are not read: they give a function its logs and network interfaces, which nothing here asks for.
 */
export function readPolicies(assembly: SystemAssembly): ReadonlyMap<string, readonly Statement[]> {
  const roles = new Map<string, Statement[]>();
  for (const role of assembly.ofType('AWS::IAM::Role')) {
    const inline = readProperties(role, role.properties).list('Policies') as readonly { PolicyDocument: PolicyDocument }[];
    roles.set(
      role.ref,
      inline.flatMap(({ PolicyDocument }) => statementsOf(PolicyDocument)),
    );
  }
  for (const type of ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'])
    for (const policy of assembly.ofType(type)) {
      const read = readProperties(policy, policy.properties);
      const statements = statementsOf(read.object('PolicyDocument'));
      for (const role of read.list('Roles') as readonly string[]) roles.get(role)?.push(...statements);
    }
  return roles;
}
