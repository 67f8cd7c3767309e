import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { limits } from '../../lambdas/contracts/limits.ts';
import { assert } from '../../lambdas/domain/kernel/assert.ts';
import { createDynamoClient } from '../../lambdas/stores/dynamodb/client.ts';
import { DynamoOrderLedger } from '../../lambdas/stores/dynamodb/dynamo-order-ledger.ts';
import { testCredentials, testRegion } from '../support/test-credentials.ts';
import { realBackoff } from './order-ledger.dynamodb.ts';
import { allowanceOf, closedImage, heldAtMs, heldImage, newSaleId, paymentOf, readClaims, requestOf } from './order-ledger.samples.ts';

/**
 * A DynamoDB that answers, but only 503. (One that refuses connections cannot be shown here: Jest runs tests in a
 * realm of its own, in which the SDK does not take Node's errors for errors.)
 */
describe('a ledger whose tables are away', () => {
  jest.setTimeout(30_000);
  let server: Server | undefined;
  let requests = 0;
  beforeAll(async () => {
    server = createServer((_request, response) => {
      requests += 1;
      response.writeHead(503, { 'content-type': 'application/x-amz-json-1.0' }).end('{"__type":"ServiceUnavailable"}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(async () => {
    server?.close();
    server?.closeAllConnections();
    if (server) await once(server, 'close');
  });

  const request = requestOf({ saleId: newSaleId() });
  const { orderId, saleId } = request.order;
  const operations: Record<string, (ledger: DynamoOrderLedger) => Promise<unknown>> = {
    commit: (ledger) => ledger.commit(request, heldAtMs),
    close: (ledger) => ledger.close(closedImage(request)),
    release: (ledger) => ledger.release(heldImage(request), 'cancelled', heldAtMs),
    confirm: (ledger) => ledger.confirm(heldImage(request), paymentOf(), heldAtMs),
    retake: (ledger) => ledger.retake({ ...heldImage(request), state: 'expired', version: 2 }, paymentOf(), heldAtMs),
    requireRefund: (ledger) => ledger.requireRefund(heldImage(request), paymentOf()),
    read: (ledger) => ledger.read(orderId),
    readAll: (ledger) => ledger.readAll([orderId]),
    overdueOrders: (ledger) => ledger.overdueOrders(request.order, heldAtMs),
    allowances: (ledger) => allowanceOf(ledger, saleId, 'ann'),
    claims: (ledger) => readClaims(ledger, saleId, 'shirt', 1),
    orders: (ledger) => ledger.orders(saleId)[Symbol.asyncIterator]().next(),
  };

  test.each(Object.keys(operations))(`%s is unavailable, with its cause, after ${limits.ledgerRequestAttempts} tries`, async (name) => {
    assert(server, 'the server listens');
    const { port } = server.address() as AddressInfo;
    const client = createDynamoClient(testRegion, { endpoint: `http://127.0.0.1:${port}`, credentials: testCredentials });
    const ledger = new DynamoOrderLedger({ client, ordersTable: 'orders', claimsTable: 'claims', backoff: realBackoff });
    requests = 0;
    await expect(operations[name]?.(ledger)).rejects.toMatchObject({
      name: 'UnavailableError',
      dependency: 'ledger',
      retryAfterSeconds: 1,
      cause: { $metadata: { httpStatusCode: 503, attempts: limits.ledgerRequestAttempts } },
    });
    // A listing of orders asks several shards at once, and ends when those under way have ended.
    expect(requests).toBe(limits.ledgerRequestAttempts * (name === 'orders' ? limits.orderShardsAtOnce : 1));
    client.destroy();
  });
});
