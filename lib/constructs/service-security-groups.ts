import { Peer, Port, SecurityGroup, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { StageConfig } from '../config/stage-config.ts';

/** Properties of ServiceSecurityGroups. */
export interface ServiceSecurityGroupsProps {
  readonly vpc: IVpc;
  /** Decides the ports the internet may open on the load balancer. */
  readonly protocol: StageConfig['entrance']['protocol'];
}

/** Every security group of the deployment and every rule between them, in one place. What no rule names is refused. */
export class ServiceSecurityGroups extends Construct {
  /** The load balancer: from the internet; it reaches functions through the Lambda API, so nothing goes out of it. */
  readonly entrance: SecurityGroup;
  readonly functions: SecurityGroup;
  readonly redis: SecurityGroup;
  /** The interface endpoints. */
  readonly endpoints: SecurityGroup;

  constructor(scope: Construct, id: string, props: ServiceSecurityGroupsProps) {
    super(scope, id);
    const group = (name: string, description: string): SecurityGroup =>
      new SecurityGroup(this, name, { vpc: props.vpc, description, allowAllOutbound: false });
    this.entrance = group('Entrance', 'Penstock load balancer');
    this.functions = group('Functions', 'Penstock functions');
    this.redis = group('Redis', 'Penstock Redis');
    this.endpoints = group('Endpoints', 'Penstock interface endpoints');

    this.entrance.addIngressRule(Peer.anyIpv4(), Port.tcp(80), 'HTTP from the internet');
    if (props.protocol === 'https') this.entrance.addIngressRule(Peer.anyIpv4(), Port.tcp(443), 'HTTPS from the internet');
    Validations.of(this.entrance).acknowledge({ id: 'AwsSolutions-EC23', reason: 'This is the public entrance of a shop.' });
    this.redis.addIngressRule(this.functions, Port.tcp(6379), 'Redis from functions');
    this.functions.addEgressRule(this.redis, Port.tcp(6379), 'Redis');
    this.endpoints.addIngressRule(this.functions, Port.tcp(443), 'AWS APIs from functions');
    // DynamoDB's gateway endpoint has public addresses, listed in a prefix list that only a look-up could name. The
    // isolated subnets have no other route out, so this opens no more than that list does.
    this.functions.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'AWS APIs through the endpoints');
  }
}
