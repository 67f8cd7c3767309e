import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ResolvedResource, SystemAssembly } from '../assembly/system-assembly.ts';
import type { Statement } from '../front-door/evaluate-policy.ts';
import type { EngineAddresses } from './describe-resource.ts';
import { overrides } from '../overrides.ts';
import { readPolicies } from './read-policies.ts';
import { readProperties } from './read-property.ts';

/** A function of the templates. */
export interface FunctionDefinition {
  /** Physical name. */
  readonly name: string;
  readonly arn: string;
  /** Short name for people, from its place in the construct tree. */
  readonly label: string;
  readonly bundleFile: string;
  /** The export of the bundle. */
  readonly handlerName: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly reservedConcurrency?: number;
  /** All of it: the template's, and what Lambda sets. */
  readonly environment: Readonly<Record<string, string>>;
  /** By it the front door knows the function. */
  readonly accessKeyId: string;
  readonly roleName: string;
  readonly statements: readonly Statement[];
}

const genericNames = /^(?:Functions?|Resource|Default)$/;

/** Such as `order-reads` of `Penstock-Dev-Service/Functions/order-reads/Function/Resource`. */
function labelOf({ stack, logicalId }: ResolvedResource, assembly: SystemAssembly): string {
  const constructPath = assembly.stacks.find(({ name }) => name === stack)?.constructPaths.get(logicalId) ?? logicalId;
  return (
    constructPath
      .split('/')
      .slice(1)
      .filter((part) => !genericNames.test(part))
      .join('/') || logicalId
  );
}

function bundleOf(resource: ResolvedResource, assembly: SystemAssembly): { bundleFile: string; handlerName: string } {
  const read = readProperties(resource, resource.properties);
  const key = String(read.object('Code')['S3Key']);
  const asset = assembly.stacks.find(({ name }) => name === resource.stack)?.assets.get(path.basename(key, path.extname(key)));
  const [module = '', handlerName = ''] = read.text('Handler').split('.');
  const bundleFile = ['.cjs', '.js'].map((extension) => path.join(asset ?? '', `${module}${extension}`)).find((file) => existsSync(file));
  if (asset === undefined || bundleFile === undefined)
    throw new Error(`${resource.type} ${resource.logicalId}: no CommonJS file ${module}.cjs or ${module}.js in its asset ${key}`);
  return { bundleFile, handlerName };
}

/** What Lambda itself sets. The credentials tell the front door who calls; they open nothing. */
function lambdaEnvironment(name: string, memoryMb: number, accessKeyId: string, at: EngineAddresses): Record<string, string> {
  return {
    AWS_REGION: at.region,
    AWS_DEFAULT_REGION: at.region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_ENDPOINT_URL: at.frontDoorUrl,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
  };
}

/** The functions, each with the statements of its role and its whole environment. */
export function readFunctions(assembly: SystemAssembly, at: EngineAddresses): FunctionDefinition[] {
  const policies = readPolicies(assembly);
  return assembly.ofType('AWS::Lambda::Function').map((resource, index) => {
    const read = readProperties(resource, resource.properties);
    const roleName = read.text('Role').split('/').at(-1) ?? '';
    const memoryMb = read.number('MemorySize', 128);
    const accessKeyId = `LOCAL${String(index).padStart(11, '0')}`;
    const variables = readProperties(resource, read.object('Environment')).object('Variables') as Record<string, string>;
    const applied = Object.fromEntries(Object.entries(overrides.environment).filter(([name]) => name in variables));
    const reserved = resource.properties['ReservedConcurrentExecutions'];
    return {
      name: resource.ref,
      arn: String(assembly.values(resource).attribute('Arn')),
      label: labelOf(resource, assembly),
      ...bundleOf(resource, assembly),
      memoryMb,
      timeoutSeconds: read.number('Timeout', 3),
      ...(typeof reserved === 'number' ? { reservedConcurrency: reserved } : {}),
      environment: { ...lambdaEnvironment(resource.ref, memoryMb, accessKeyId, at), ...variables, ...applied },
      accessKeyId,
      roleName,
      statements: policies.get(roleName) ?? [],
    };
  });
}
