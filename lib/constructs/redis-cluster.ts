import { type SecurityGroup, SubnetType, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { CfnParameterGroup, CfnReplicationGroup, CfnSubnetGroup, CfnUser, CfnUserGroup } from 'aws-cdk-lib/aws-elasticache';
import { RemovalPolicies, RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { StageConfig } from '../config/stage-config.ts';
import { GeneratedSecret } from './generated-secret.ts';
import { applicationAccess, noAccess } from './redis-access.ts';

/** Properties of a RedisCluster. */
export interface RedisClusterProps {
  readonly vpc: IVpc;
  readonly securityGroup: SecurityGroup;
  readonly config: StageConfig;
}

const engines = {
  redis: { version: '7.1', family: 'redis7' },
  valkey: { version: '8.2', family: 'valkey8' },
} as const;

/** ElastiCache allows 128; letters and digits only, so nothing has to be escaped anywhere. */
const passwordCharacters = 64;

/**
 * The gate's Redis: cluster mode, TLS, one user with just the commands and keys it needs, and `noeviction`, because
 * an evicted key would look like stock that nobody has.
 */
export class RedisCluster extends Construct {
  /** Configuration endpoint: the name under which a client finds the cluster's nodes. */
  readonly host: string;
  /** Port, as text. */
  readonly port: string;
  readonly userName = 'penstock';
  readonly password: GeneratedSecret;
  /** Lower-case id of the replication group: node names in metrics begin with it. */
  readonly replicationGroupId: string;

  constructor(scope: Construct, id: string, props: RedisClusterProps) {
    super(scope, id);
    const { config } = props;
    this.password = new GeneratedSecret(this, 'Password', {
      description: `Password of the Redis user ${this.userName}`,
      characters: passwordCharacters,
      noRotationBecause: 'Rotation needs two passwords a user and a function that swaps them: an issue of its own.',
      protectData: config.protectData,
    });
    const group = new CfnReplicationGroup(this, 'ReplicationGroup', {
      replicationGroupDescription: `Penstock ${config.stage}: the gate`,
      engine: config.redis.engine,
      engineVersion: engines[config.redis.engine].version,
      cacheNodeType: config.redis.nodeType,
      clusterMode: 'enabled',
      numNodeGroups: config.redis.shards,
      replicasPerNodeGroup: config.redis.replicasPerShard,
      // AWS refuses cluster mode without it, also where there is no replica to fail over to.
      automaticFailoverEnabled: true,
      multiAzEnabled: config.redis.replicasPerShard > 0,
      transitEncryptionEnabled: true,
      transitEncryptionMode: 'required',
      atRestEncryptionEnabled: true,
      userGroupIds: [this.users(config).ref],
      cacheParameterGroupName: this.parameters(config).ref,
      cacheSubnetGroupName: this.subnets(props.vpc).ref,
      securityGroupIds: [props.securityGroup.securityGroupId],
      snapshotRetentionLimit: config.redis.snapshotDays,
      autoMinorVersionUpgrade: true,
    });
    // A cluster that stays needs its users, parameters and subnets; a creation that fails leaves none, for some ids are fixed.
    RemovalPolicies.of(this).apply(config.protectData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY);
    this.acknowledgeFindings(group, config);
    this.host = group.attrConfigurationEndPointAddress;
    this.port = group.attrConfigurationEndPointPort;
    this.replicationGroupId = group.ref;
  }

  private parameters(config: StageConfig): CfnParameterGroup {
    return new CfnParameterGroup(this, 'Parameters', {
      cacheParameterGroupFamily: engines[config.redis.engine].family,
      description: 'Cluster mode; nothing is ever evicted',
      properties: { 'cluster-enabled': 'yes', 'maxmemory-policy': 'noeviction' },
    });
  }

  private subnets(vpc: IVpc): CfnSubnetGroup {
    return new CfnSubnetGroup(this, 'Subnets', {
      description: 'Isolated subnets',
      subnetIds: vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_ISOLATED }).subnetIds,
    });
  }

  private users(config: StageConfig): CfnUserGroup {
    const { engine } = config.redis;
    const application = new CfnUser(this, 'ApplicationUser', {
      engine,
      // CloudFormation has no generated ids for users and their groups.
      userId: `penstock-${config.stage}-app`,
      userName: this.userName,
      accessString: applicationAccess,
      // A dynamic reference: the deployment resolves it, the template never holds it.
      authenticationMode: { Type: 'password', Passwords: [this.password.secret.secretValue.unsafeUnwrap()] },
    });
    const nobody = new CfnUser(this, 'DefaultUser', {
      engine,
      userId: `penstock-${config.stage}-default`,
      userName: 'default',
      accessString: noAccess,
      authenticationMode: { Type: 'no-password-required' },
    });
    return new CfnUserGroup(this, 'Users', {
      engine,
      userGroupId: `penstock-${config.stage}`,
      userIds: [application.ref, nobody.ref],
    });
  }

  private acknowledgeFindings(group: CfnReplicationGroup, config: StageConfig): void {
    Validations.of(group).acknowledge(
      { id: 'AwsSolutions-AEC5', reason: 'Another port hides nothing from who is inside; the security group admits the functions only.' },
      { id: 'AwsSolutions-AEC6', reason: 'Users with passwords (RBAC) take the place of the one AUTH token.' },
    );
    if (config.redis.replicasPerShard === 0)
      Validations.of(group).acknowledge({
        id: 'AwsSolutions-AEC4',
        reason: 'A stage for trials has one node: losing it costs a rebuild of the gate, never a unit.',
      });
  }
}
