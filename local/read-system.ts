import { resolveAssembly, type SystemAssembly } from './assembly/system-assembly.ts';
import type { Stack } from './assembly/template.ts';
import type { Secret } from './front-door/stand-ins.ts';
import type { Listener } from './load-balancer/serve-request.ts';
import { overrides } from './overrides.ts';
import { describeResource, type EngineAddresses, physicalName } from './resources/describe-resource.ts';
import { type CacheUser, readCacheUsers } from './resources/read-cache-users.ts';
import { type FunctionDefinition, readFunctions } from './resources/read-functions.ts';
import { readListener } from './resources/read-listener.ts';
import { type MappingDefinition, readMappings } from './resources/read-mappings.ts';
import { readStreamMappings, type StreamMappingDefinition } from './resources/read-stream-mappings.ts';
import { readProperties } from './resources/read-property.ts';
import { type QueueDefinition, readQueues } from './resources/read-queues.ts';
import { readTables, type TableDefinition } from './resources/read-tables.ts';
import { readSchedules } from './resources/read-schedules.ts';
import type { ScheduleSettings } from './schedules/schedule.ts';
import { checkGrants } from './resources/check-grants.ts';
import type { SecretValues } from './resources/secret-values.ts';

/** Everything that is brought up, read from the templates; nothing of it is written anywhere else. */
export interface SystemDefinition {
  readonly functions: readonly FunctionDefinition[];
  readonly tables: readonly TableDefinition[];
  readonly queues: readonly QueueDefinition[];
  readonly listener: Listener;
  readonly mappings: readonly MappingDefinition[];
  readonly streamMappings: readonly StreamMappingDefinition[];
  readonly schedules: readonly ScheduleSettings[];
  readonly secrets: readonly Secret[];
  readonly cacheUsers: readonly CacheUser[];
}

/** `secret id : SecretString : JSON key`, the id being a name or an ARN of seven parts. */
const secretReference = /^(arn:(?:[^:]*:){5}[^:]*|[^:]+)(?::SecretString(?::([^:]*))?.*)?$/;

function readSecrets(assembly: SystemAssembly, values: SecretValues): Secret[] {
  return assembly.ofType('AWS::SecretsManager::Secret').map((resource) => {
    const read = readProperties(resource, resource.properties);
    const given = read.optionalText('SecretString');
    const name = physicalName(resource);
    const value = given ?? values.generated(name, read.object('GenerateSecretString'));
    return { arn: resource.ref, name, value };
  });
}

function dynamicSecret(secrets: readonly Secret[], service: string, reference: string): string {
  const [, id, key] = secretReference.exec(reference) ?? [];
  const value = secrets.find(({ arn, name }) => service === 'secretsmanager' && (arn === id || name === id))?.value;
  if (value === undefined) throw new Error(`{{resolve:${service}:${reference}}}: the templates have no such secret`);
  return key === undefined || key === '' ? value : String((JSON.parse(value) as Record<string, unknown>)[key]);
}

/** Secrets that people give: the functions' environment says which they are. */
export interface GivenSecrets {
  /** Begins with `psk_`, which the stored string does without. */
  readonly operatorKey: string;
  /** Signing secret of the webhook endpoint at Stripe. */
  readonly stripeSecret: string;
}

function setGiven(
  functions: readonly FunctionDefinition[],
  secrets: readonly Secret[],
  values: SecretValues,
  { operatorKey, stripeSecret }: GivenSecrets,
): Secret[] {
  const given = { OPERATOR_SECRET_ARN: operatorKey.slice('psk_'.length), STRIPE_SECRET_ARN: stripeSecret };
  const byArn = new Map(
    Object.entries(given).map(([variable, value]) => [functions.map(({ environment }) => environment[variable]).find(Boolean), value]),
  );
  return secrets.map((secret) => {
    const value = byArn.get(secret.arn);
    return value === undefined ? secret : { ...secret, value: values.set(secret.name, value) };
  });
}

/**
 * Reads the templates for engines at these addresses.
 * @throws Error naming the resource, for what CloudFormation or a deployment would refuse.
 */
export function readSystem(stacks: readonly Stack[], at: EngineAddresses, values: SecretValues, given: GivenSecrets): SystemDefinition {
  if (!given.operatorKey.startsWith('psk_')) throw new Error('the operator key must begin with psk_ (PENSTOCK_OPERATOR_KEY)');
  let secrets: Secret[] = [];
  const assembly = resolveAssembly(stacks, {
    region: at.region,
    accountId: at.accountId,
    parameters: overrides.parameters,
    describe: (resource) => describeResource(resource, at),
    dynamicReference: (service, reference) => dynamicSecret(secrets, service, reference),
  });
  secrets = readSecrets(assembly, values);
  const functions = readFunctions(assembly, at);
  secrets = setGiven(functions, secrets, values, given);
  const listener = readListener(assembly);
  const mappings = readMappings(assembly, at.region);
  const streamMappings = readStreamMappings(assembly, at.region);
  const schedules = readSchedules(assembly, at);
  checkGrants(assembly, listener, functions, { mappings, streamMappings, schedules });
  return {
    functions,
    listener,
    mappings,
    streamMappings,
    schedules,
    secrets,
    tables: readTables(assembly),
    queues: readQueues(assembly),
    cacheUsers: readCacheUsers(assembly),
  };
}
