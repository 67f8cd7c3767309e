import { assert } from '../../lambdas/domain/kernel/assert.ts';
import type { Order } from '../../lambdas/domain/orders/order.ts';
import { InMemoryLedger } from '../support/fakes-ledger.ts';

/** One change of an order, in the order of the table's stream. */
export interface StoredChange {
  readonly before: Order | undefined;
  readonly after: Order;
}

/** The ledger in memory, which tells each change of an order to whoever watches: the stream, and the checkers. */
export class SimulatedLedger extends InMemoryLedger {
  readonly changes: StoredChange[] = [];
  readonly onChange: ((change: StoredChange) => void)[] = [];

  constructor() {
    super();
    const tell = (before: Order | undefined, after: Order) => this.#tell(before, after);
    this.stored.set = function set(orderId, after) {
      const before = this.get(orderId);
      Map.prototype.set.call(this, orderId, after);
      tell(before, after);
      return this;
    };
    this.stored.delete = (orderId) => {
      throw new Error(`an order is never deleted: ${orderId}`);
    };
  }

  #tell(before: Order | undefined, after: Order): void {
    assert(after !== before, 'a change makes another image');
    const change = { before, after };
    this.changes.push(change);
    for (const watch of this.onChange) watch(change);
  }
}
