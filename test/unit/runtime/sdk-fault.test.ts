import { describe, expect, test } from '@jest/globals';
import { UnavailableError } from '../../../lambdas/domain/kernel/faults.ts';
import { orUnavailable } from '../../../lambdas/runtime/sdk-fault.ts';

const fault = (members: object) => Object.assign(new Error('as it came'), members);

describe('faults of the SDK', () => {
  test.each([
    { name: 'ProvisionedThroughputExceededException' },
    { name: 'ThrottlingException' },
    { name: 'RequestLimitExceeded' },
    { name: 'TransactionConflictException' },
    { name: 'TransactionInProgressException' },
    { name: 'TimeoutError' },
    { name: 'AbortError' },
    { code: 'ECONNREFUSED' },
    { code: 'ECONNRESET' },
    { code: 'ENOTFOUND' },
    { name: 'InternalServerError', $metadata: { httpStatusCode: 500 } },
    { $metadata: { httpStatusCode: 503 } },
    { $metadata: { httpStatusCode: 429 } },
    { name: 'SomethingNew', $retryable: {} },
  ])('%j is unavailable, with its cause and its dependency', async (members) => {
    const cause = fault(members);
    const failed = orUnavailable('queue', Promise.reject(cause));
    await expect(failed).rejects.toThrow(UnavailableError);
    await expect(failed).rejects.toMatchObject({ dependency: 'queue', retryAfterSeconds: 1, cause });
  });

  test.each([
    { name: 'ValidationException', $metadata: { httpStatusCode: 400 } },
    { name: 'AccessDeniedException', $metadata: { httpStatusCode: 400 } },
    { name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 400 } },
    { name: 'ConditionalCheckFailedException', $metadata: { httpStatusCode: 400 } },
    { name: 'TransactionCanceledException', $metadata: { httpStatusCode: 400 } },
    { name: 'IdempotentParameterMismatchException', $metadata: { httpStatusCode: 400 } },
    { name: 'CredentialsProviderError' },
    { name: 'TypeError' },
  ])('%j is thrown as it is', async (members) => {
    const cause = fault(members);
    await expect(orUnavailable('ledger', Promise.reject(cause))).rejects.toBe(cause);
  });

  test('a value that is thrown and no error goes through too, and an answer is the answer', async () => {
    // oxlint-disable-next-line prefer-promise-reject-errors -- that is the case
    await expect(orUnavailable('ledger', Promise.reject('a text'))).rejects.toBe('a text');
    await expect(orUnavailable('ledger', Promise.resolve(7))).resolves.toBe(7);
  });
});
