import { expect, test } from '@jest/globals';
import { eventOf } from '../../../lambdas/domain/events/order-events.ts';
import { LoggedEvents } from '../../../lambdas/gateways/logged-events.ts';
import { heldOrder } from '../../support/builders.ts';
import { RecordingLog } from '../../support/fakes-log.ts';

test('events are one line for all, with how many there are of each type, and nothing of any customer', async () => {
  const log = new RecordingLog();
  const held = heldOrder();
  const images = [held, heldOrder({ key: 'two' }), { ...held, state: 'expired' as const, version: 2 }];
  await new LoggedEvents(log).publish(images.flatMap((after) => eventOf({ after }) ?? []));
  expect(log.infos).toEqual([{ message: 'events', facts: { 'order.held': 2, 'order.expired': 1 } }]);
});
