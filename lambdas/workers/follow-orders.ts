import type { OrderChange } from '../domain/books/count-changes.ts';
import { eventOf } from '../domain/events/order-events.ts';
import type { EventPublisher } from '../domain/events/ports.ts';
import { CorruptionError } from '../domain/kernel/faults.ts';
import type { Order } from '../domain/orders/order.ts';
import type { StreamRecord } from '../runtime/stream-function.ts';

type Image = StreamRecord['dynamodb']['NewImage'];

/** What becomes of each batch of changes: counted, told to the gate, published. */
export interface FollowOrdersDependencies {
  readonly count: (shardId: string, changes: readonly OrderChange[]) => Promise<void>;
  readonly apply: (images: readonly Order[]) => Promise<void>;
  readonly publisher: EventPublisher;
  /** The order of an image; undefined for what is none. Throws CorruptionError. */
  readonly orderOf: (image: Image) => Order | undefined;
  readonly onCorruption: (error: CorruptionError, sequence: string) => void;
}

/**
 * Changes of a shard: parse, count, tell the gate, publish. A failure brings all of it again: what is counted knows by
 * its sequence number, the gate by the version, and an event bears the same id. An image that is no order of ours is told
 * and left out, for it would come again for a day and hold up all behind it; the audit then finds that the report differs.
 */
export function followOrders({ count, apply, publisher, orderOf, onCorruption }: FollowOrdersDependencies) {
  return async (shardId: string, records: readonly StreamRecord[]): Promise<void> => {
    const changes = records.flatMap(({ dynamodb: { SequenceNumber: sequence, OldImage, NewImage } }): OrderChange[] => {
      try {
        const [before, after] = [orderOf(OldImage), orderOf(NewImage)];
        return before || after ? [{ sequence, ...(before ? { before } : {}), ...(after ? { after } : {}) }] : [];
      } catch (error) {
        if (!(error instanceof CorruptionError)) throw error;
        onCorruption(error, sequence);
        return [];
      }
    });
    await count(shardId, changes);
    await apply(changes.flatMap(({ after }) => after ?? []));
    const events = changes.flatMap((change) => eventOf(change) ?? []);
    if (events.length > 0) await publisher.publish(events);
  };
}
