import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../lambdas/contracts/limits.ts';
import { CorruptionError, UnavailableError } from '../../../lambdas/domain/kernel/faults.ts';
import type { Order } from '../../../lambdas/domain/orders/order.ts';
import { toClaimItem } from '../../../lambdas/stores/dynamodb/claim-item.ts';
import { commitOrder } from '../../../lambdas/stores/dynamodb/commit-order.ts';
import { toOrderItem } from '../../../lambdas/stores/dynamodb/order-item.ts';
import { claimsOf, heldAtMs, heldImage, range, requestOf } from '../../conformance/order-ledger.samples.ts';
import { cancelled, scripted } from './scripted-client.ts';

const refused = 'ConditionalCheckFailed';
const saleId = 'spring-drop';
const request = requestOf({ saleId, units: [0], limit: 2 });
const image = heldImage(request);
const other = heldImage(requestOf({ saleId, customerId: 'bob', units: [0] }));
const refusedBy = (order: Order) => claimsOf(order).map((claim) => ({ Code: refused, Item: toClaimItem(saleId, claim) }));
const [takenByOther = 'None'] = refusedBy(other);
const [takenByItself = 'None'] = refusedBy(image);

describe('commit', () => {
  test('rule 13: actions are the order, its claims, the allowance; a refusal of any brings the stored item', async () => {
    const { context, inputs } = scripted({});
    await commitOrder(context, requestOf({ saleId, units: [0, 1], limit: 2 }), heldAtMs);
    const actions = inputs[0]?.TransactItems ?? [];
    expect(actions.map(({ Put, Update }) => Put?.TableName ?? `${Update?.TableName} updated`)).toEqual([
      'orders',
      'claims',
      'claims',
      'orders updated',
    ]);
    for (const { Put, Update } of actions) {
      expect((Put ?? Update)?.ConditionExpression).toBeTruthy();
      expect((Put ?? Update)?.ReturnValuesOnConditionCheckFailure).toBe('ALL_OLD');
    }
  });

  test.each(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])(
    'rule 14: %s on any action is tried again, each wait with full jitter under a doubling ceiling',
    async (code) => {
      const { context, inputs, sleptMs } = scripted(cancelled('None', 'None', code), cancelled(code, 'None', 'None'), {});
      expect(await commitOrder(context, request, heldAtMs)).toEqual({ kind: 'committed', order: image });
      expect(inputs).toHaveLength(3);
      expect(sleptMs).toEqual([limits.ledgerBackoffBaseMs / 2, limits.ledgerBackoffBaseMs]);
    },
  );

  test(`rule 14: contended ${limits.ledgerAttempts} times in a row is unavailable`, async () => {
    const { context, inputs } = scripted(...range(limits.ledgerAttempts).map(() => cancelled('TransactionConflict', 'None', 'None')), {});
    await expect(commitOrder(context, request, heldAtMs)).rejects.toThrow(UnavailableError);
    expect(inputs).toHaveLength(limits.ledgerAttempts);
  });

  test('rule 14: its own order wins over a conflict of another action', async () => {
    const { context } = scripted(cancelled({ Code: refused, Item: toOrderItem(image) }, 'TransactionConflict', refused));
    expect(await commitOrder(context, request, heldAtMs)).toEqual({ kind: 'exists', order: image });
  });

  test('rule 14: a conflict is tried again before a collision or a limit is believed', async () => {
    const { context } = scripted(cancelled('TransactionConflict', takenByOther, refused), cancelled('None', takenByOther, 'None'));
    expect(await commitOrder(context, request, heldAtMs)).toEqual({ kind: 'collided', claims: claimsOf(other) });
  });

  test('rule 14: the limit is told before a collision', async () => {
    const { context } = scripted(cancelled('None', takenByOther, refused));
    expect(await commitOrder(context, request, heldAtMs)).toEqual({ kind: 'customer-limit' });
  });

  test('a reason that is a bug is thrown as it came, also beside a conflict', async () => {
    for (const fault of [cancelled('None', 'ValidationError', 'None'), cancelled('TransactionConflict', 'AccessDenied', 'None')]) {
      await expect(commitOrder(scripted(fault).context, request, heldAtMs)).rejects.toBe(fault);
    }
  });

  test('its own claims without its order are corruption; no reason at all is a bug', async () => {
    await expect(commitOrder(scripted(cancelled('None', takenByItself, 'None')).context, request, heldAtMs)).rejects.toThrow(
      CorruptionError,
    );
    await expect(commitOrder(scripted(cancelled('None', 'None', 'None')).context, request, heldAtMs)).rejects.toThrow('without a reason');
  });

  test('a timeout after the SDK’s own tries is unavailable: the commit may be run again', async () => {
    const timeout = Object.assign(new Error('no answer'), { name: 'TimeoutError' });
    await expect(commitOrder(scripted(timeout).context, request, heldAtMs)).rejects.toMatchObject({
      name: 'UnavailableError',
      dependency: 'ledger',
      cause: timeout,
    });
  });

  test('1 and 97 units are sent; 0, 98, or fewer units than the quantity are refused before any call', async () => {
    for (const count of [1, 97]) {
      const { context, inputs } = scripted({});
      await commitOrder(context, requestOf({ saleId, units: range(count), limit: count }), heldAtMs);
      expect(inputs[0]?.TransactItems).toHaveLength(count + 2);
    }
    const short = { ...request, order: { ...request.order, lines: request.order.lines.map((line) => ({ ...line, quantity: 2 })) } };
    for (const bad of [requestOf({ saleId, lines: [] }), requestOf({ saleId, units: range(98) }), short]) {
      const { context, inputs } = scripted({});
      await expect(commitOrder(context, bad, heldAtMs)).rejects.toThrow(/^assertion failed: commit/);
      expect(inputs).toHaveLength(0);
    }
  });
});
