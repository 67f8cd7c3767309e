import type { OrderEvent } from '../domain/events/order-events.ts';
import type { EventPublisher } from '../domain/events/ports.ts';
import type { Log } from '../runtime/log.ts';

/** Events as one log line for many: how many of each type. Nobody receives them yet; what comes later takes this port. */
export class LoggedEvents implements EventPublisher {
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  publish(events: readonly OrderEvent[]): Promise<void> {
    const counts: Record<string, number> = {};
    for (const { type } of events) counts[type] = (counts[type] ?? 0) + 1;
    this.#log.info('events', counts);
    return Promise.resolve();
  }
}
