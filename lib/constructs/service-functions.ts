import type { Function } from 'aws-cdk-lib/aws-lambda';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { DeployedEnvironment } from '../../lambdas/contracts/env.ts';
import { type FunctionName, workerFunctions } from '../../lambdas/contracts/functions.ts';
import { limits } from '../../lambdas/contracts/limits.ts';
import type { StageConfig } from '../config/stage-config.ts';
import { ServiceFunction, type ServiceFunctionPlace } from './service-function.ts';

/** Properties of ServiceFunctions. */
export interface ServiceFunctionsProps extends ServiceFunctionPlace {
  readonly environments: { readonly [F in FunctionName]: DeployedEnvironment<F> };
  readonly memoryMb: StageConfig['memoryMb'];
}

/** All functions of the service. What they may do is granted in service-permissions.ts. */
export class ServiceFunctions extends Construct {
  readonly byName: Readonly<Record<FunctionName, Function>>;

  constructor(scope: Construct, id: string, { environments, memoryMb, ...place }: ServiceFunctionsProps) {
    super(scope, id);
    const add = <F extends FunctionName>(functionName: F, description: string, environment: DeployedEnvironment<F>): Function =>
      new ServiceFunction(this, functionName, {
        ...place,
        functionName,
        description,
        environment,
        memoryMb: isWorker(functionName) ? memoryMb.worker : memoryMb.http,
        timeout: timeoutOf(functionName),
        // A parked order goes back into the queue until the gate is rebuilt, and a long hold is sent on every 15 minutes: both may take more than 16 rounds.
        sendsToItself: functionName === 'commit' || functionName === 'expiry',
      }).function;
    this.byName = {
      orders: add('orders', 'Takes orders: gate, then queue', environments.orders),
      tickets: add('tickets', 'Guest tokens', environments.tickets),
      'order-reads': add('order-reads', 'Reads, cancels and confirms orders', environments['order-reads']),
      catalog: add('catalog', 'Reads sales and their availability', environments.catalog),
      admin: add('admin', 'What operators do: sales, report, audit', environments.admin),
      payments: add('payments', 'Hears from payment providers', environments.payments),
      pages: add('pages', 'Health, readiness, OpenAPI, and every path that has no other function', environments.pages),
      changes: add('changes', 'Follows every change of an order: counts it, tells the gate, publishes it', environments.changes),
      commit: add('commit', 'Commits orders to the ledger', environments.commit),
      expiry: add('expiry', 'Ends holds at their time', environments.expiry),
      sweep: add('sweep', 'Mends what crashes and failovers left', environments.sweep),
    };
  }
}

/** How long a function may run, from the bounds. */
export function timeoutOf(name: FunctionName): Duration {
  if (name === 'commit' || name === 'expiry') return Duration.seconds(limits.commitTimeoutSeconds);
  if (name === 'sweep') return Duration.seconds(limits.sweepTimeoutSeconds);
  if (name === 'changes') return Duration.seconds(limits.changesTimeoutSeconds);
  return Duration.seconds(name === 'admin' ? limits.adminTimeoutSeconds : limits.httpTimeoutSeconds);
}

function isWorker(name: FunctionName): boolean {
  return (workerFunctions as readonly FunctionName[]).includes(name);
}
