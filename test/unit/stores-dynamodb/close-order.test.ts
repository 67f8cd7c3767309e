import { describe, expect, test } from '@jest/globals';
import { TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { limits } from '../../../lambdas/contracts/limits.ts';
import { closeOrder } from '../../../lambdas/stores/dynamodb/close-order.ts';
import { closedImage, heldImage, range, requestOf } from '../../conformance/order-ledger.samples.ts';
import { scripted } from './scripted-client.ts';

const request = requestOf({ saleId: 'spring-drop' });
const image = closedImage(request);
const conflict = () => new TransactionConflictException({ message: 'busy', $metadata: { httpStatusCode: 400 } });

describe('close', () => {
  test('a commit of the same order in flight is waited out, which the SDK does not do', async () => {
    const { context, inputs, sleptMs } = scripted(conflict(), conflict(), {});
    expect(await closeOrder(context, image)).toEqual({ kind: 'closed', order: image });
    expect(inputs).toHaveLength(3);
    expect(sleptMs).toHaveLength(2);
  });

  test('in flight for longer than all tries it is unavailable', async () => {
    const { context } = scripted(...range(limits.ledgerAttempts).map(conflict));
    await expect(closeOrder(context, image)).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'ledger' });
  });

  test('a throttle that outlived the SDK’s tries is not tried again here', async () => {
    const throttle = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    const { context, inputs } = scripted(throttle, {});
    await expect(closeOrder(context, image)).rejects.toMatchObject({ name: 'UnavailableError', cause: throttle });
    expect(inputs).toHaveLength(1);
  });

  test('only rejected or cancelled at version 1 can be written', async () => {
    await expect(closeOrder(scripted({}).context, heldImage(request))).rejects.toThrow('got held at 1');
    await expect(closeOrder(scripted({}).context, { ...image, version: 2 })).rejects.toThrow('got cancelled at 2');
  });
});
