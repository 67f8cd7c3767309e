import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { limits } from '../../lambdas/contracts/limits.ts';
import { assert } from '../../lambdas/domain/kernel/assert.ts';
import { house, type CommitRequest, type Order } from '../../lambdas/domain/orders/order.ts';
import { DynamoSaleCatalog } from '../../lambdas/stores/dynamodb/dynamo-sale-catalog.ts';
import { orderKey } from '../../lambdas/stores/dynamodb/keys.ts';
import { meterCapacity, type CapacityMeter } from '../support/consumed-capacity.ts';
import { dynoxideAvailable, startDynoxide } from '../support/dynoxide.ts';
import { itemBytes } from '../support/item-size.ts';
import { describeWith } from '../support/skip.ts';
import { dynamoDbOn, type DynamoDbUnderTest, realBackoff } from './order-ledger.dynamodb.ts';
import { closedImage, heldAtMs, holdExpiresAtMs, newSaleId, paymentOf, range, requestOf, type Wish } from './order-ledger.samples.ts';
import { sampleSale } from './sale-catalog.suite.ts';

/**
 * What each access pattern of the ledger costs, by `ReturnConsumedCapacity: INDEXES`; docs/architecture.md has the
 * table. On dynoxide only: it counts as AWS documents it (2 WRU a KB of a transactional write). DynamoDB Local 2.5.2
 * says 4 for each, in an index too, and counts the items of one partition once.
 */
describeWith('dynoxide', dynoxideAvailable, () => {
  describe('request units of the ledger', () => {
    jest.setTimeout(30_000);
    let engine: DynamoDbUnderTest | undefined;
    let meter: CapacityMeter | undefined;
    beforeAll(async () => {
      engine = await dynamoDbOn(startDynoxide);
      meter = meterCapacity(engine.client);
    });
    afterAll(() => engine?.close());

    const ledger = () => {
      assert(engine, 'the engine was started');
      return engine.ledger;
    };
    /** Units of the calls within the work: of the two tables, and of the index. */
    const costOf = async (work: () => Promise<unknown>) => {
      meter?.take();
      await work();
      const reports = meter?.take() ?? [];
      const table = reports.reduce((sum, report) => sum + (report.Table?.CapacityUnits ?? 0), 0);
      const index = reports.reduce((sum, report) => sum + (report.GlobalSecondaryIndexes?.['bySale']?.CapacityUnits ?? 0), 0);
      return { table, index };
    };
    const wish = (change: Partial<Wish> = {}) => requestOf({ saleId: newSaleId(), ...change });
    const commit = async (request: CommitRequest): Promise<Order> => {
      const outcome = await ledger().commit(request, heldAtMs);
      assert(outcome.kind === 'committed', `committed, not ${outcome.kind}`);
      return outcome.order;
    };

    test('bound of the issue: a commit of 1 unit without limit is 4 WRU in the tables, 1 more in the index', async () => {
      expect(await costOf(() => commit(wish()))).toEqual({ table: 4, index: 1 });
    });

    test.each([
      { quantity: 1, limit: 0, table: 4 },
      { quantity: 1, limit: 10, table: 6 },
      { quantity: 4, limit: 0, table: 10 },
      { quantity: 4, limit: 10, table: 12 },
      { quantity: 97, limit: 97, table: 198 },
    ])('a commit of $quantity units under limit $limit is $table WRU: 2 + 2q, and 2 for a limit', async ({ quantity, limit, table }) => {
      expect(await costOf(() => commit(wish({ units: range(quantity), limit })))).toEqual({ table, index: 1 });
    });

    test.each([
      { quantity: 1, limit: 0, table: 4 },
      { quantity: 1, limit: 10, table: 6 },
      { quantity: 4, limit: 10, table: 12 },
    ])('a release of $quantity units under limit $limit is $table WRU, and none in the index', async ({ quantity, limit, table }) => {
      const order = await commit(wish({ units: range(quantity), limit }));
      expect(await costOf(() => ledger().release(order, 'cancelled', heldAtMs))).toEqual({ table, index: 0 });
    });

    test('a withdrawal of 97 units is 196 WRU, and 1 in the index; its cancel 196', async () => {
      const request = wish({ customerId: house, units: range(97) });
      expect(await costOf(() => commit(request))).toEqual({ table: 196, index: 1 });
      const order = await ledger().read(request.order.orderId);
      assert(order, 'the withdrawal is in the ledger');
      expect(await costOf(() => ledger().release(order, 'cancelled', heldAtMs))).toEqual({ table: 196, index: 0 });
    });

    test('a stock operation on a sale of 1 item is 4 WRU, of 100 items 16; a look at one is 1 RRU', async () => {
      assert(engine, 'the engine was started');
      const catalog = new DynamoSaleCatalog({ client: engine.client, salesTable: engine.tables.salesTable, backoff: realBackoff });
      const items = range(100).map((n) => ({ sku: `sku-${n}`, name: `Item ${n}`, unitPriceMinor: 1500, capacity: 5000, orderLimit: 10 }));
      for (const [saleId, change, table] of [
        ['cost-1', {}, 4],
        ['cost-100', { items }, 16],
      ] as const) {
        await catalog.write(sampleSale(saleId, change));
        const operation = { saleId, idempotencyKey: 'op-1', kind: 'add', sku: 'shirt', units: 5 } as const;
        const next = sampleSale(saleId, { ...change, version: 2, stockInUse: true });
        expect(await costOf(() => catalog.write(next, operation))).toEqual({ table, index: 0 });
        expect(await costOf(() => catalog.operation(saleId, 'op-1'))).toEqual({ table: 1, index: 0 });
      }
    });

    test('a confirmation is 1 WRU whatever the units, a refund recorded 1, and none in the index', async () => {
      const order = await commit(wish({ units: range(4), limit: 4 }));
      expect(await costOf(() => ledger().confirm(order, paymentOf(), heldAtMs))).toEqual({ table: 1, index: 0 });
      const confirmed = await ledger().read(order.orderId);
      assert(confirmed?.state === 'confirmed', 'confirmed');
      expect(await costOf(() => ledger().requireRefund(confirmed, paymentOf('pay-2')))).toEqual({ table: 1, index: 0 });
    });

    test.each([
      { quantity: 1, limit: 0, table: 4 },
      { quantity: 4, limit: 10, table: 12 },
    ])('a late payment for $quantity units under limit $limit is $table WRU, and none in the index', async ({ quantity, limit, table }) => {
      const order = await commit(wish({ units: range(quantity), limit }));
      const outcome = await ledger().release(order, 'expired', holdExpiresAtMs + limits.holdGraceMs + 1);
      assert(outcome.kind === 'released', 'expired');
      expect(await costOf(() => ledger().retake(outcome.order, paymentOf(), holdExpiresAtMs + 60_000))).toEqual({ table, index: 0 });
    });

    test('a close is 1 WRU, and 1 in the index', async () => {
      expect(await costOf(() => ledger().close(closedImage(wish())))).toEqual({ table: 1, index: 1 });
    });

    test('a read of an order, there or not, is 1 RRU; of an allowance too; of several as much each', async () => {
      const order = await commit(wish({ limit: 1 }));
      expect(await costOf(() => ledger().read(order.orderId))).toEqual({ table: 1, index: 0 });
      expect(await costOf(() => ledger().read(wish().order.orderId))).toEqual({ table: 1, index: 0 });
      expect(await costOf(() => ledger().readAll([order.orderId, wish().order.orderId]))).toEqual({ table: 2, index: 0 });
      expect(await costOf(() => ledger().allowances(order.saleId, ['ann', 'nobody']))).toEqual({ table: 2, index: 0 });
    });

    test('a page of 25 of 200 orders of a sale is 16 RRU in the index, 0.5 each shard, and 26 for the orders', async () => {
      const saleId = newSaleId();
      for (const n of range(200)) await commit(requestOf({ saleId, key: `k${n}`, units: [n] }));
      const page = () => ledger().newestOrders(saleId, { chunk: 26 })[Symbol.asyncIterator]().next();
      expect(await costOf(page)).toEqual({ table: 26, index: 16 });
    });

    test('a customer’s own orders are 1 RRU each 4 KB of them: 20 small ones 1 or 2', async () => {
      const saleId = newSaleId();
      const customerId = `ann of ${saleId}`;
      const orders: Order[] = [];
      for (const n of range(20)) orders.push(await commit(requestOf({ saleId, customerId, key: `k${n}`, units: [n] })));
      const where = { customerId, customerTag: orders[0]?.orderId.slice(4, 14) ?? '' };
      const read = () => ledger().customerOrders(where)[Symbol.asyncIterator]().next();
      expect(await costOf(read)).toEqual({ table: 1, index: 0 });
    });

    test('the largest order that costs no more: 50 units, a reference and 256 bytes of metadata stay within 1 KB', async () => {
      const saleId = 's'.repeat(20);
      const request = requestOf({
        saleId,
        units: range(50).map((unit) => 9_999_900 + unit),
        extra: { reference: 'r'.repeat(100), metadata: { note: 'm'.repeat(252) } },
      });
      expect(await costOf(() => commit(request))).toEqual({ table: 102, index: 1 });
      const key = { TableName: engine?.tables.ordersTable, Key: orderKey(request.order.orderId) };
      const stored = await engine?.client.send(new GetItemCommand(key));
      expect(itemBytes(stored?.Item ?? {})).toBeLessThanOrEqual(1024);
    });

    test.each([
      { label: 'R12-7', table: 102 },
      { label: 's'.repeat(limits.seatLabelChars), table: 106 },
      { label: '座'.repeat(limits.seatLabelChars), table: 114 },
    ])('a commit of 50 seats like $label is $table WRU: 2 for each KB of the order, 100 for the claims', async ({ label, table }) => {
      const request = wish({ units: range(limits.orderUnits) });
      const lines = request.order.lines.map((line) => ({ ...line, seats: line.units.map(() => label) }));
      expect(await costOf(() => commit({ ...request, order: { ...request.order, lines } }))).toEqual({ table, index: 1 });
    });
  });
});
