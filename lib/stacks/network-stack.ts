import { Stack, type StackProps } from 'aws-cdk-lib/core';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config/stage-config.ts';
import { PrivateNetwork } from '../constructs/private-network.ts';
import { ServiceSecurityGroups } from '../constructs/service-security-groups.ts';

/** Properties of the NetworkStack. */
export interface NetworkStackProps extends StackProps {
  readonly config: StageConfig;
}

/** The network, and who in it may talk to whom. */
export class NetworkStack extends Stack {
  readonly vpc: IVpc;
  readonly securityGroups: ServiceSecurityGroups;

  constructor(scope: Construct, id: string, { config, ...props }: NetworkStackProps) {
    super(scope, id, props);
    const network = new PrivateNetwork(this, 'Network', {
      // A stack that names no region knows only that there are two zones, for every region has them.
      availabilityZones: 2,
      logRetention: config.logRetentionDays,
    });
    this.vpc = network.vpc;
    this.securityGroups = new ServiceSecurityGroups(this, 'SecurityGroups', { vpc: network.vpc, protocol: config.entrance.protocol });
    network.addInterfaceEndpoints(this.securityGroups.endpoints);
  }
}
