import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  type ISecurityGroup,
  type IVpc,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { withinAccount } from './endpoint-policy.ts';

/** Properties of a PrivateNetwork. */
export interface PrivateNetworkProps {
  /** Zones: each gets a public and an isolated subnet. */
  readonly availabilityZones: number;
  /** How long records of refused connections are kept. */
  readonly logRetention: RetentionDays;
}

/**
 * A VPC without a way out: public subnets hold the load balancer only; functions and Redis sit in isolated subnets
 * and reach AWS by endpoints. There is no NAT, so nothing that runs inside can call the internet.
 */
export class PrivateNetwork extends Construct {
  readonly vpc: IVpc;

  constructor(scope: Construct, id: string, props: PrivateNetworkProps) {
    super(scope, id);
    this.vpc = new Vpc(this, 'Vpc', {
      maxAzs: props.availabilityZones,
      natGateways: 0,
      subnetConfiguration: [
        { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        // A Lambda function needs few addresses (one network interface a subnet and group); Redis one a node.
        { name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 22 },
      ],
      // Everything here names its own group (a synth test holds us to it); closing the default one costs a custom resource.
      restrictDefaultSecurityGroup: false,
      // CDK's declarations are not written for exactOptionalPropertyTypes.
    }) as IVpc;
    this.vpc.addFlowLog('Refused', {
      trafficType: FlowLogTrafficType.REJECT,
      destination: FlowLogDestination.toCloudWatchLogs(
        new LogGroup(this, 'RefusedConnections', { retention: props.logRetention, removalPolicy: RemovalPolicy.DESTROY }),
      ),
    });
    this.addGatewayEndpoints();
  }

  /** Reaches SQS and Secrets Manager from the isolated subnets, in each zone, through the given group. */
  addInterfaceEndpoints(securityGroup: ISecurityGroup): void {
    const options = { securityGroups: [securityGroup], subnets: { subnetType: SubnetType.PRIVATE_ISOLATED }, open: false };
    this.vpc
      .addInterfaceEndpoint('Sqs', { service: InterfaceVpcEndpointAwsService.SQS, ...options })
      .addToPolicy(withinAccount('sqs:SendMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'));
    this.vpc
      .addInterfaceEndpoint('SecretsManager', { service: InterfaceVpcEndpointAwsService.SECRETS_MANAGER, ...options })
      .addToPolicy(withinAccount('secretsmanager:GetSecretValue'));
  }

  private addGatewayEndpoints(): void {
    const subnets = [{ subnetType: SubnetType.PRIVATE_ISOLATED }];
    this.vpc
      .addGatewayEndpoint('DynamoDb', { service: GatewayVpcEndpointAwsService.DYNAMODB, subnets })
      .addToPolicy(
        withinAccount(
          'dynamodb:GetItem',
          'dynamodb:BatchGetItem',
          'dynamodb:Query',
          'dynamodb:PutItem',
          'dynamodb:UpdateItem',
          'dynamodb:DeleteItem',
        ),
      );
    this.vpc
      .addGatewayEndpoint('S3', { service: GatewayVpcEndpointAwsService.S3, subnets })
      .addToPolicy(withinAccount('s3:GetObject', 's3:PutObject'));
  }
}
