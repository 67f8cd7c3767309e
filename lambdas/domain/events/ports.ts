import type { OrderEvent } from './order-events.ts';

/** Where events go. At least once: an event may be published again, with the same id. Throws UnavailableError. */
export interface EventPublisher {
  publish(events: readonly OrderEvent[]): Promise<void>;
}
