import { describe, expect, test } from '@jest/globals';
import { UnavailableError } from '../../../lambdas/domain/kernel/faults.ts';
import { scheduledFunction } from '../../../lambdas/runtime/scheduled-function.ts';
import { RecordingLog } from '../../support/fakes-log.ts';
import { CountingMeter } from '../../support/fakes-meter.ts';

const event = { 'detail-type': 'Scheduled Event' };
const away = new UnavailableError('secrets', 'away');

function system(open: () => Promise<() => Promise<void>>) {
  const [log, meter] = [new RecordingLog(), new CountingMeter()];
  return { log, meter, handler: scheduledFunction({ open, log, meter }) };
}

describe('a function on a schedule', () => {
  test('runs once an invocation: one log line, metrics flushed', async () => {
    let runs = 0;
    const { handler, log, meter } = system(async () => async () => void (runs += 1));
    await handler(event);
    await handler(event);
    expect(runs).toBe(2);
    expect(log.infos).toEqual(Array.from({ length: 2 }, () => ({ message: 'run', facts: { durationMs: expect.any(Number) } })));
    expect([meter.flushes, log.errors]).toEqual([2, []]);
  });

  test('a run that fails is logged, flushed and thrown: it counts as an error of the function', async () => {
    const { handler, log, meter } = system(async () => () => Promise.reject(away));
    await expect(handler(event)).rejects.toBe(away);
    expect(log.errors).toEqual([{ message: 'run failed', error: away, facts: {} }]);
    expect([meter.flushes, log.infos]).toEqual([1, []]);
  });

  test('what cannot be made fails each invocation, and the next one tries anew', async () => {
    let made = 0;
    const { handler, log } = system(() => {
      made += 1;
      return made === 1 ? Promise.reject(away) : Promise.resolve(() => Promise.resolve());
    });
    await expect(handler(event)).rejects.toBe(away);
    await handler(event);
    await handler(event);
    expect([made, log.errors.length, log.infos.length]).toEqual([2, 1, 2]);
  });
});
