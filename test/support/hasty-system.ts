import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { limits } from '../../lambdas/contracts/limits.ts';
import { saleKey } from '../../lambdas/stores/dynamodb/keys.ts';
import { callAws } from '../../local/engines/call-aws.ts';
import { type LocalSystem, startLocal } from '../../local/local-system.ts';
import { Api, item, patiently } from './api.ts';
import type { RedisServer } from './redis-server.ts';
import { operatorKey } from './running-system.ts';

/** A batch whose worker was killed comes back after this instead of 180 s. */
const visibilitySeconds = 3;
/** A hold lasts so long instead of limits.holdSecondsMin, the least that may be put. */
const holdSeconds = 5;
/** The sweeper is started so often instead of each minute. */
const sweepEveryMs = 3000;

/**
 * A whole system in this process, each environment of a function a process of its own, in which what lasts minutes lasts
 * seconds: the visibility of messages, holds, the schedule of the sweeper. Everything else is as deployed.
 */
export class HastySystem {
  readonly #system: LocalSystem;
  readonly api: Api;

  private constructor(system: LocalSystem) {
    this.#system = system;
    this.api = new Api(system);
  }

  /** @param redis @default one of its own */
  static async start(redis?: RedisServer): Promise<HastySystem> {
    const existing = redis === undefined ? {} : { redis: `redis://${redis.host}:${redis.port}` };
    // That environments die, and that the gate is away, is what such a suite is about: it need not be said a thousand times.
    const system = await startLocal({ isolation: 'process', operatorKey, existing, report: () => {}, echo: () => {} });
    const { aws } = system.endpoints;
    const { QueueUrls } = await callAws<{ QueueUrls: string[] }>(aws, 'AmazonSQS.ListQueues', {});
    expect(QueueUrls.length).toBeGreaterThan(0);
    const Attributes = { VisibilityTimeout: String(visibilitySeconds) };
    for (const QueueUrl of QueueUrls) await callAws(aws, 'AmazonSQS.SetQueueAttributes', { QueueUrl, Attributes });
    return new HastySystem(system);
  }

  /** Puts a sale of so many units of the sku `unit`, open now. */
  async sell(saleId: string, stock: number): Promise<void> {
    expect(
      (await patiently(() => this.api.sell(saleId, { items: [item('unit', stock)], holdSeconds: limits.holdSecondsMin }))).status,
    ).toBe(201);
    const { dynamodb } = this.#system.endpoints;
    const { TableNames } = await callAws<{ TableNames: string[] }>(dynamodb, 'DynamoDB_20120810.ListTables', {});
    await callAws(dynamodb, 'DynamoDB_20120810.UpdateItem', {
      TableName: TableNames.find((name) => name.includes('Sales')),
      Key: saleKey(saleId),
      ConditionExpression: 'attribute_exists(pk)',
      UpdateExpression: 'SET holdSeconds = :hold',
      ExpressionAttributeValues: { ':hold': { N: String(holdSeconds) } },
    });
    expect((await this.api.call('GET', `/v1/sales/${saleId}`)).body).toMatchObject({ state: 'open', holdSeconds });
  }

  /** Starts the sweeper at its rate until stopped, whatever became of the runs before: what EventBridge does. */
  async sweepUntil(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      void this.#system.functions.invoke('sweep', {});
      await sleep(sweepEveryMs, undefined, { signal: stop }).catch(() => undefined);
    }
  }

  stop(): Promise<void> {
    return this.#system.stop();
  }
}
