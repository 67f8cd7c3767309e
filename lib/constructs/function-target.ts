import {
  type ApplicationTargetGroup,
  type IApplicationLoadBalancerTarget,
  type LoadBalancerTargetProps,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';

/**
 * A function as a load balancer's target. Unlike CDK's LambdaTarget it lets only target groups of this account invoke
 * it. (Not only its own group: AWS wants the permission first, and the group is named after it is made.)
 */
export class FunctionTarget implements IApplicationLoadBalancerTarget {
  readonly #function: Function;

  constructor(target: Function) {
    this.#function = target;
  }

  attachToApplicationTargetGroup(targetGroup: ApplicationTargetGroup): LoadBalancerTargetProps {
    this.#function.addPermission('LoadBalancer', {
      principal: new ServicePrincipal('elasticloadbalancing.amazonaws.com'),
      sourceArn: Stack.of(this.#function).formatArn({
        service: 'elasticloadbalancing',
        resource: 'targetgroup',
        resourceName: '*',
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      }),
    });
    const permission = this.#function.node.findChild('LoadBalancer');
    targetGroup.node.addDependency(permission);
    return { targetType: TargetType.LAMBDA, targetJson: { id: this.#function.functionArn } };
  }
}
