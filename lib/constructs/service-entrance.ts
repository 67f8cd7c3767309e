import type { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationListener,
  ApplicationListenerRule,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  ListenerAction,
  ListenerCertificate,
  ListenerCondition,
  SslPolicy,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { Annotations, CfnParameter, type Duration, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { HttpFunction } from '../../lambdas/contracts/functions.ts';
import type { StageConfig } from '../config/stage-config.ts';
import { FunctionTarget } from './function-target.ts';

/** Which requests go to which function. */
export interface EntranceRule {
  /** Lower numbers are asked first. Part of the resource's logical id: never reuse one for another purpose. */
  readonly priority: number;
  readonly function: HttpFunction;
  /** Path patterns: `*` is any characters, `/` too. With the method at most five, AWS allows no more. */
  readonly paths: readonly string[];
  /** @default any method: the function itself answers 405 */
  readonly method?: 'POST';
}

/** Properties of a ServiceEntrance. */
export interface ServiceEntranceProps {
  readonly vpc: IVpc;
  readonly securityGroup: ISecurityGroup;
  /** How it is reached. */
  readonly access: StageConfig['entrance'];
  /** Refuses to delete the load balancer, whose name clients know. */
  readonly deletionProtection: boolean;
  readonly functions: Readonly<Record<HttpFunction, Function>>;
  readonly rules: readonly EntranceRule[];
  /** Answers what no rule names. */
  readonly fallback: HttpFunction;
  /** After this long without a byte a connection is closed; longer than the slowest function may take. */
  readonly idleTimeout: Duration;
}

/** AWS: conditions of one rule hold at most this many values together; CDK checks it for paths alone. */
const conditionValuesMax = 5;

/** The one way in: a public load balancer whose rules name the function for each path. */
export class ServiceEntrance extends Construct {
  readonly loadBalancer: ApplicationLoadBalancer;

  constructor(scope: Construct, id: string, props: ServiceEntranceProps) {
    super(scope, id);
    this.loadBalancer = new ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc: props.vpc,
      vpcSubnets: { subnetType: SubnetType.PUBLIC },
      internetFacing: true,
      securityGroup: props.securityGroup,
      deletionProtection: props.deletionProtection,
      dropInvalidHeaderFields: true,
      idleTimeout: props.idleTimeout,
    });
    const targets = new Map<HttpFunction, ApplicationTargetGroup>();
    const targetOf = (name: HttpFunction): ApplicationTargetGroup => {
      const known = targets.get(name) ?? this.targetGroup(name, props.functions[name]);
      targets.set(name, known);
      return known;
    };
    const listener = this.listener(props.access, ListenerAction.forward([targetOf(props.fallback)]));
    for (const rule of props.rules) this.rule(listener, rule, targetOf(rule.function));
    this.leaveOutAccessLogs();
  }

  private targetGroup(name: HttpFunction, target: Function): ApplicationTargetGroup {
    return new ApplicationTargetGroup(this, `${name}-target`, {
      targetType: TargetType.LAMBDA,
      targets: [new FunctionTarget(target)],
      // Without it the last of several equal headers or query parameters wins, silently.
      multiValueHeadersEnabled: true,
      // A health check of a function is an invocation that is paid for and shows nothing an alarm does not.
      healthCheck: { enabled: false },
    });
  }

  private listener(access: StageConfig['entrance'], defaultAction: ListenerAction): ApplicationListener {
    // open: false, because the security groups are made in the network stack.
    const common = { loadBalancer: this.loadBalancer, open: false };
    if (access.protocol === 'http') {
      Annotations.of(this).addWarningV2(
        'penstock:plain-http',
        'This stage answers plain HTTP: keys and tokens travel in clear text. For trials only.',
      );
      return new ApplicationListener(this, 'Http', { ...common, protocol: ApplicationProtocol.HTTP, port: 80, defaultAction });
    }
    new ApplicationListener(this, 'Redirect', {
      ...common,
      protocol: ApplicationProtocol.HTTP,
      port: 80,
      defaultAction: ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
    });
    return new ApplicationListener(this, 'Https', {
      ...common,
      protocol: ApplicationProtocol.HTTPS,
      port: 443,
      sslPolicy: SslPolicy.TLS13_12_RES_PQ,
      certificates: [ListenerCertificate.fromArn(access.certificateArn ?? this.certificateParameter())],
      defaultAction,
    });
  }

  private certificateParameter(): string {
    const parameter = new CfnParameter(this, 'CertificateArn', {
      type: 'String',
      description: 'ARN of the ACM certificate, in this region, for the name under which clients call',
      allowedPattern: '^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[a-z0-9-]+$',
      constraintDescription: 'must be the ARN of an ACM certificate',
    });
    parameter.overrideLogicalId('CertificateArn');
    return parameter.valueAsString;
  }

  private rule(listener: ApplicationListener, rule: EntranceRule, target: ApplicationTargetGroup): void {
    const values = rule.paths.length + (rule.method === undefined ? 0 : 1);
    if (values > conditionValuesMax)
      throw new Error(
        `Listener rule ${rule.priority}: got ${values} condition values, expected at most ${conditionValuesMax} (AWS). Split it into two rules.`,
      );
    new ApplicationListenerRule(this, `Rule${rule.priority}`, {
      listener,
      priority: rule.priority,
      conditions: [
        ListenerCondition.pathPatterns([...rule.paths]),
        ...(rule.method === undefined ? [] : [ListenerCondition.httpRequestMethods([rule.method])]),
      ],
      action: ListenerAction.forward([target]),
    });
  }

  private leaveOutAccessLogs(): void {
    Annotations.of(this).addWarningV2(
      'penstock:no-access-logs',
      'The load balancer keeps no access logs: they need a region, and these stacks name none.',
    );
    Validations.of(this.loadBalancer).acknowledge({
      id: 'AwsSolutions-ELB2',
      reason: 'Access logs need the region at synth, and these stacks name none; each request leaves one log line in its function.',
    });
  }
}
