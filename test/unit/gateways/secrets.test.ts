import { describe, expect, test } from '@jest/globals';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SecretReader } from '../../../lambdas/gateways/secrets.ts';

/** A reader whose client answers every call alike. */
const answering = (answer: Error | object): SecretReader =>
  new SecretReader({
    send: () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)),
  } as unknown as SecretsManagerClient);

const named = (name: string, more: object = {}): Error => Object.assign(new Error('no'), { name, ...more });

describe('reading a secret', () => {
  test('gives its text', async () => {
    expect(await answering({ SecretString: 's' }).read('arn')).toBe('s');
  });

  test.each([
    named('TimeoutError'),
    named('Error', { code: 'ECONNREFUSED' }),
    named('ThrottlingException'),
    named('InternalServiceError', { $metadata: { httpStatusCode: 500 } }),
  ])('is unavailable where it may succeed later: %s', async (cause) => {
    await expect(answering(cause).read('arn')).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'secrets', cause });
  });

  test.each([named('AccessDeniedException', { $metadata: { httpStatusCode: 400 } }), named('ResourceNotFoundException')])(
    'is a loud fault where the deployment is wrong: %s',
    async (fault) => {
      await expect(answering(fault).read('arn')).rejects.toBe(fault);
    },
  );

  test('that has no text is a fault of the deployment', async () => {
    await expect(answering({ SecretBinary: new Uint8Array() }).read('arn')).rejects.toThrow('a secret has no string');
  });
});
