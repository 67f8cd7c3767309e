import { describe, expect, test } from '@jest/globals';
import { CorruptionError } from '../../../lambdas/domain/kernel/faults.ts';
import { releaseOrder } from '../../../lambdas/stores/dynamodb/release-order.ts';
import { closedImage, heldAtMs, heldImage, requestOf } from '../../conformance/order-ledger.samples.ts';
import { cancelled, scripted } from './scripted-client.ts';

const refused = 'ConditionalCheckFailed';
const order = heldImage(requestOf({ saleId: 'spring-drop', units: [0, 1], limit: 2 }));

describe('release', () => {
  test('rule 18: a claim that is not its own, alone, is corruption; with the order it is only an old image', async () => {
    const alone = scripted(cancelled('None', refused, 'None', 'None'));
    await expect(releaseOrder(alone.context, order, 'cancelled', heldAtMs)).rejects.toThrow(CorruptionError);
    const nothing = scripted(cancelled('None', 'None', 'None', 'None'));
    await expect(releaseOrder(nothing.context, order, 'cancelled', heldAtMs)).rejects.toThrow('without a reason');
    const withOrder = scripted(cancelled(refused, refused, refused, 'None'));
    expect(await releaseOrder(withOrder.context, order, 'cancelled', heldAtMs)).toEqual({ kind: 'changed' });
  });

  test('a conflict is tried again, also beside a claim that was refused', async () => {
    const { context, inputs } = scripted(cancelled('TransactionConflict', refused, 'None', 'None'), {});
    expect(await releaseOrder(context, order, 'cancelled', heldAtMs)).toMatchObject({ kind: 'released' });
    expect(inputs).toHaveLength(2);
  });

  test('only a live order can be released, and only a held one expires', async () => {
    const closed = closedImage(requestOf({ saleId: 'spring-drop' }));
    const confirmed = { ...order, state: 'confirmed' as const };
    await expect(releaseOrder(scripted().context, closed, 'cancelled', heldAtMs)).rejects.toThrow('cancelled cannot be cancelled');
    await expect(releaseOrder(scripted().context, confirmed, 'expired', heldAtMs)).rejects.toThrow('confirmed cannot be expired');
    expect(await releaseOrder(scripted({}).context, confirmed, 'cancelled', heldAtMs)).toMatchObject({ kind: 'released' });
  });
});
