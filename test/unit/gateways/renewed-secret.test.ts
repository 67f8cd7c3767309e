import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../lambdas/contracts/limits.ts';
import { RenewedSecret } from '../../../lambdas/gateways/renewed-secret.ts';
import { ManualClock } from '../../support/fakes-clock.ts';
import { inTurn } from '../../support/fakes-gate.ts';

describe('a secret that people change', () => {
  test(`is read once in ${limits.secretRenewMs} ms, by all calls together`, async () => {
    const clock = new ManualClock();
    const secret = new RenewedSecret({ read: inTurn('old', 'new') }, 'arn', clock);
    expect(await Promise.all([secret.read(), secret.read()])).toEqual(['old', 'old']);
    clock.advance(limits.secretRenewMs - 1);
    expect(await secret.read()).toBe('old');
    clock.advance(1);
    expect(await secret.read()).toBe('new');
  });

  test('a read that failed is not kept', async () => {
    const reads = [Promise.reject(new Error('away')), Promise.resolve('value')].values();
    const secret = new RenewedSecret({ read: () => reads.next().value ?? Promise.reject(new Error('no more')) }, 'arn', new ManualClock());
    await expect(secret.read()).rejects.toThrow('away');
    expect(await secret.read()).toBe('value');
  });
});
