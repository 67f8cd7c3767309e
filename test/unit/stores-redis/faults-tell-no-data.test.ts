import { describe, expect, test } from '@jest/globals';
import { CorruptionError } from '../../../lambdas/domain/kernel/faults.ts';
import { readOrder } from '../../../lambdas/stores/redis/gate-entry.ts';
import { beginRebuildOutcome } from '../../../lambdas/stores/redis/scripts.ts';

/** The fault of a call. */
function faultOf(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

describe('a fault of what the gate answered has nothing of a customer in it', () => {
  test('a reply with a code that is in no header tells the code alone', () => {
    const { message } = faultOf(() => beginRebuildOutcome(['odd', '{"customerId":"ann@example.com"}']));
    expect(message).toBe('assertion failed: begin-rebuild returns a code of its header, got odd');
  });

  test('a document that is no JSON is not quoted', () => {
    const fault = faultOf(() => readOrder('ann@example.com'));
    expect(fault).toBeInstanceOf(CorruptionError);
    expect(fault.cause).toBeUndefined();
  });

  test('a document of another shape keeps its cause, which names places only', () => {
    const fault = faultOf(() => readOrder('{"customerId":"ann@example.com"}'));
    expect(fault).toBeInstanceOf(CorruptionError);
    expect(String(fault.cause)).toContain('orderId');
    expect(String(fault.cause)).not.toContain('ann@');
  });
});
