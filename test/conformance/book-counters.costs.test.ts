import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { limits } from '../../lambdas/contracts/limits.ts';
import { reportSale } from '../../lambdas/domain/books/report-sale.ts';
import { Tally } from '../../lambdas/domain/books/tally.ts';
import { assert } from '../../lambdas/domain/kernel/assert.ts';
import { countersKey } from '../../lambdas/stores/dynamodb/keys.ts';
import { toCountersItem } from '../../lambdas/stores/dynamodb/counters-item.ts';
import { DynamoBookCounters } from '../../lambdas/stores/dynamodb/dynamo-book-counters.ts';
import { saleOf } from '../support/builders.ts';
import { type CapacityMeter, meterCapacity } from '../support/consumed-capacity.ts';
import { dynoxideAvailable, startDynoxide } from '../support/dynoxide.ts';
import { ManualClock } from '../support/fakes-clock.ts';
import { scriptedGate } from '../support/fakes-gate.ts';
import { RecordingQueue } from '../support/fakes-queue.ts';
import { itemBytes } from '../support/item-size.ts';
import { describeWith } from '../support/skip.ts';
import { dynamoDbOn, type DynamoDbUnderTest } from './order-ledger.dynamodb.ts';

/** What the report's counters cost, by `ReturnConsumedCapacity`; docs/architecture.md has the table. */
describeWith('dynoxide', dynoxideAvailable, () => {
  describe('request units of the report', () => {
    jest.setTimeout(30_000);
    let engine: DynamoDbUnderTest | undefined;
    let meter: CapacityMeter | undefined;
    beforeAll(async () => {
      engine = await dynamoDbOn(startDynoxide);
      meter = meterCapacity(engine.client);
    });
    afterAll(() => engine?.close());

    const counters = () => {
      assert(engine, 'the engine was started');
      return new DynamoBookCounters({ client: engine.client, salesTable: engine.tables.salesTable });
    };
    /** Calls and units of the work. */
    const costOf = async (work: () => Promise<unknown>) => {
      meter?.take();
      await work();
      const reports = meter?.take() ?? [];
      return { calls: reports.length, units: reports.reduce((sum, report) => sum + (report.CapacityUnits ?? 0), 0) };
    };
    const countsOf = (skus: number, orders: number) => {
      const tally = new Tally();
      tally.orders.held = orders;
      for (let n = 0; n < skus; n += 1) tally.unitsOf(`sku-${n}`).held = orders;
      return { tally, lastSequence: '100000000000000000000001', changedAtMs: 1_795_000_000_000 };
    };

    test('a batch of changes of a sale with 1 sku: 1 RRU to read, 1 WRU to write', async () => {
      expect(await costOf(() => counters().read('cost', 's1'))).toEqual({ calls: 1, units: 1 });
      expect(await costOf(() => counters().write('cost', 's1', countsOf(1, 1), undefined))).toEqual({ calls: 1, units: 1 });
      expect(itemBytes({ ...countersKey('spring-drop', `shardId-${'0'.repeat(28)}`), ...toCountersItem(countsOf(1, 5000)) })).toBeLessThan(
        300,
      );
    });

    test(`a sale with ${limits.itemsPerSale} skus of the longest names stays within 9 KB`, () => {
      const tally = new Tally();
      for (let n = 0; n < limits.itemsPerSale; n += 1)
        Object.assign(tally.unitsOf(`${'s'.repeat(60)}-${String(n).padStart(2, '0')}`), {
          held: 9_999_999,
          confirmed: 9_999_999,
          withdrawn: 9_999_999,
        });
      const item = toCountersItem({ tally, lastSequence: '1'.repeat(30), changedAtMs: 1_795_000_000_000 });
      expect(itemBytes({ ...countersKey('s'.repeat(63), `shardId-${'0'.repeat(28)}`), ...item })).toBeLessThanOrEqual(9 * 1024);
    });

    test('a report costs the same at 10 and at 10,000,000 orders: one query of 1 RRU', async () => {
      for (const [saleId, orders] of [
        ['small', 10],
        ['large', 10_000_000],
      ] as const) {
        await counters().write(saleId, 's1', countsOf(1, orders), undefined);
        const deps = {
          counters: counters(),
          gate: scriptedGate({ summary: () => Promise.resolve({ state: 'ready', available: {}, pendingOrders: 0 }) }).gate,
          queue: new RecordingQueue(),
          deadLetters: { count: () => Promise.resolve(0) },
          clock: new ManualClock(),
        };
        expect(await costOf(() => reportSale(deps, saleOf({ saleId })))).toEqual({ calls: 1, units: 1 });
      }
    });
  });
});
