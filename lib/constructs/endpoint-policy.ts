import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Aws } from 'aws-cdk-lib/core';

/**
 * What may pass a VPC endpoint: these actions, asked by an identity of this account, of a resource of this account.
 * So a stolen key of another account cannot carry data out. By account and not by resource, because the network is
 * deployed before the queues and secrets are.
 */
export const withinAccount = (...actions: string[]): PolicyStatement =>
  new PolicyStatement({
    principals: [new AnyPrincipal()],
    actions,
    resources: ['*'],
    conditions: { StringEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID, 'aws:ResourceAccount': Aws.ACCOUNT_ID } },
  });
