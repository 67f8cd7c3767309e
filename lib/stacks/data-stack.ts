import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config/stage-config.ts';
import { GeneratedSecret } from '../constructs/generated-secret.ts';
import { RedisCluster } from '../constructs/redis-cluster.ts';
import { SalesTables } from '../constructs/sales-tables.ts';
import type { ServiceSecurityGroups } from '../constructs/service-security-groups.ts';

/** Properties of the DataStack. */
export interface DataStackProps extends StackProps {
  readonly config: StageConfig;
  readonly vpc: IVpc;
  readonly securityGroups: ServiceSecurityGroups;
}

/** What remembers: tables, Redis and secrets. Apart from the rest, so that nothing done to the service can touch it. */
export class DataStack extends Stack {
  readonly tables: SalesTables;
  readonly redis: RedisCluster;
  /** Keys of order ids and guest tokens are derived from it. */
  readonly deploymentSecret: GeneratedSecret;
  /** With `psk_` before it: the first operator key. */
  readonly operatorKey: GeneratedSecret;
  /** The signing secret of Stripe's webhook endpoint: until a person stores it, no event of Stripe is believed. */
  readonly stripeSecret: GeneratedSecret;

  constructor(scope: Construct, id: string, { config, vpc, securityGroups, ...props }: DataStackProps) {
    super(scope, id, { ...props, terminationProtection: config.protectData });
    const { protectData } = config;
    this.tables = new SalesTables(this, 'Tables', { protectData, pointInTimeRecoveryDays: config.pointInTimeRecoveryDays });
    this.redis = new RedisCluster(this, 'Redis', { vpc, securityGroup: securityGroups.redis, config });
    this.deploymentSecret = new GeneratedSecret(this, 'DeploymentSecret', {
      description: 'Keys of order ids and guest tokens are derived from it. Never change it while a sale lives',
      characters: 64,
      noRotationBecause: 'An order’s id is derived from it: another value would make a retry a second order (protocol.md, rule 40).',
      protectData,
    });
    this.operatorKey = new GeneratedSecret(this, 'BootstrapOperatorKey', {
      description: 'The first operator key, without its prefix psk_',
      characters: 48,
      noRotationBecause: 'It is the first key only, used by people; they change it when they have keys of their own.',
      protectData,
    });
    this.stripeSecret = new GeneratedSecret(this, 'StripeSecret', {
      description: 'The signing secret of the webhook endpoint at Stripe: store it here (docs/deploy.md)',
      characters: 64,
      noRotationBecause: 'Stripe makes it: people roll it there and store the new one here.',
      protectData,
    });
    new CfnOutput(this, 'StripeSecretCommand', {
      description: 'Stores the signing secret of the webhook endpoint at Stripe',
      value: `aws secretsmanager put-secret-value --secret-id ${this.stripeSecret.secret.secretArn} --secret-string whsec_…`,
    });
    new CfnOutput(this, 'OperatorKeyCommand', {
      description: 'Prints the first operator key',
      value: `echo psk_$(aws secretsmanager get-secret-value --secret-id ${this.operatorKey.secret.secretArn} --query SecretString --output text)`,
    });
  }
}
