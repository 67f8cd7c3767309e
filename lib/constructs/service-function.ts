import { existsSync } from 'node:fs';
import path from 'node:path';
import { type SecurityGroup, SubnetType, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { type Duration, RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { DeployedEnvironment } from '../../lambdas/contracts/env.ts';
import type { FunctionName } from '../../lambdas/contracts/functions.ts';

/** Where functions run and how: the same for all of a deployment. */
export interface ServiceFunctionPlace {
  /** Folder with a folder for each function's bundle. */
  readonly bundles: string;
  readonly vpc: IVpc;
  readonly securityGroup: SecurityGroup;
  readonly logRetention: RetentionDays;
}

/** Properties of a ServiceFunction. */
export interface ServiceFunctionProps<F extends FunctionName> extends ServiceFunctionPlace {
  /** Names the folder of the bundle. */
  readonly functionName: F;
  readonly description: string;
  /** Exactly what the function's schema asks for: a missing or unknown variable does not compile. */
  readonly environment: DeployedEnvironment<F>;
  /** MB; CPU grows with it. */
  readonly memoryMb: number;
  readonly timeout: Duration;
  /**
   * Whether the function may send to the queue that feeds it.
   * @default false AWS stops a message that has come round 16 times
   */
  readonly sendsToItself?: boolean;
}

function bundleOf(bundles: string, name: FunctionName): string {
  const folder = path.join(bundles, name);
  if (existsSync(path.join(folder, 'index.cjs'))) return folder;
  throw new Error(`No bundle of ${name}: expected ${path.join(folder, 'index.cjs')}. Run \`npm run build\` first (cdk does it by itself).`);
}

/**
 * One function of the service: Node 24 on Graviton, in the isolated subnets, with its own log group and a role that
 * may do nothing yet but write there.
 */
export class ServiceFunction<F extends FunctionName = FunctionName> extends Construct {
  readonly function: Function;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps<F>) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', { retention: props.logRetention, removalPolicy: RemovalPolicy.DESTROY });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Penstock function ${props.functionName}`,
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaENIManagementAccess')],
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaENIManagementAccess]',
      reason:
        'Lambda itself makes the network interfaces with this role; EC2 knows no narrower resource, and no endpoint lets the code reach EC2.',
    });
    logGroup.grantWrite(role);
    this.function = new Function(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(bundleOf(props.bundles, props.functionName)),
      handler: 'index.handler',
      role,
      memorySize: props.memoryMb,
      timeout: props.timeout,
      environment: props.environment as Readonly<Record<string, string>>,
      vpc: props.vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [props.securityGroup],
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.WARN,
      recursiveLoop: props.sendsToItself === true ? RecursiveLoop.ALLOW : RecursiveLoop.TERMINATE,
    });
    Validations.of(this.function).acknowledge(
      {
        id: 'Serverless-LambdaDLQ',
        reason: 'Invoked synchronously, by the load balancer or by a queue that has its own dead-letter queue.',
      },
      { id: 'Serverless-LambdaTracing', reason: 'Each request leaves one log line with its id; traces are an issue of their own.' },
    );
  }
}
