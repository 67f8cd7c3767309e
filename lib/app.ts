import { App, type AppProps, Tags } from 'aws-cdk-lib/core';
import { assertLimits } from './config/assert-limits.ts';
import type { StageConfig } from './config/stage-config.ts';
import { DataStack } from './stacks/data-stack.ts';
import { NetworkStack } from './stacks/network-stack.ts';
import { ObservabilityStack } from './stacks/observability-stack.ts';
import { ServiceStack } from './stacks/service-stack.ts';

/** Properties of a PenstockApp. */
export interface PenstockAppProps extends AppProps {
  readonly config: StageConfig;
  /** The release that is deployed. */
  readonly version: string;
  /** Folder with a folder for each function's bundle. */
  readonly bundles: string;
}

/** One stage of Penstock: four stacks, each knowing only those before it. They name no account and no region. */
export class PenstockApp extends App {
  readonly network: NetworkStack;
  readonly data: DataStack;
  readonly service: ServiceStack;
  readonly observability: ObservabilityStack;

  /** @throws Error when the bounds of contracts/limits.ts contradict one another. */
  constructor({ config, version, bundles, ...props }: PenstockAppProps) {
    super(props);
    assertLimits();
    const name = `Penstock-${config.stage.charAt(0).toUpperCase()}${config.stage.slice(1)}`;
    this.network = new NetworkStack(this, `${name}-Network`, { description: `Penstock ${config.stage}: network`, config });
    const { vpc, securityGroups } = this.network;
    this.data = new DataStack(this, `${name}-Data`, {
      description: `Penstock ${config.stage}: tables, Redis, secrets`,
      config,
      vpc,
      securityGroups,
    });
    this.service = new ServiceStack(this, `${name}-Service`, {
      description: `Penstock ${config.stage}: load balancer, functions, queue`,
      config,
      version,
      bundles,
      vpc,
      securityGroups,
      data: this.data,
    });
    this.observability = new ObservabilityStack(this, `${name}-Observability`, {
      description: `Penstock ${config.stage}: dashboard and alarms`,
      config,
      data: this.data,
      service: this.service,
    });
    Tags.of(this).add('penstock:stage', config.stage);
  }
}
