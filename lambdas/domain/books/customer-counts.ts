import { hash } from 'node:crypto';
import { limits } from '../../contracts/limits.ts';
import { wordAt } from '../kernel/word-at.ts';
import { isLive, totalUnits, type Order } from '../orders/order.ts';

/** What one customer's orders add up to. */
export interface CustomerCount {
  /** Units of live orders. */
  readonly live: number;
  /** Those of them that the allowance counts. Closed orders count 0: an allowance that nobody lowered shows. */
  readonly counted: number;
}

const allHashes = 2 ** 32;
const keyBytes = 9;

/**
 * Counts of customers, by a hash of 72 bits in place of their ids: some 100 bytes each, so many at a time. Those are of a range
 * of hashes, which becomes narrower when there are too many; whoever is left out comes in a later pass over the same orders.
 */
export class CustomerCounts {
  #from = 0;
  #to = allHashes;
  readonly #counts = new Map<string, CustomerCount>();
  readonly #most: number;

  /** @param most Customers at a time. */
  constructor(most: number = limits.auditCustomers) {
    this.#most = most;
  }

  /** Counts an order, if its customer is in the range. */
  count({ customerId, state, lines, countedUnits }: Order): void {
    const live = isLive(state);
    if (customerId === '' || (!live && countedUnits === undefined)) return;
    const { key, place } = digestOf(customerId);
    if (place < this.#from || place >= this.#to) return;
    const before = this.#counts.get(key) ?? { live: 0, counted: 0 };
    this.#counts.set(key, live ? { live: before.live + totalUnits(lines), counted: before.counted + (countedUnits ?? 0) } : before);
    while (this.#counts.size > this.#most) this.#narrow();
  }

  /** What was counted of a customer, once: it is forgotten then. */
  take(customerId: string): CustomerCount | undefined {
    const { key } = digestOf(customerId);
    const count = this.#counts.get(key);
    this.#counts.delete(key);
    return count;
  }

  /** Goes on to those who were left out; false when nobody was. */
  next(): boolean {
    if (this.#to === allHashes) return false;
    this.#counts.clear();
    this.#from = this.#to;
    this.#to = allHashes;
    return true;
  }

  #narrow(): void {
    this.#to = this.#from + Math.ceil((this.#to - this.#from) / 2);
    for (const key of this.#counts.keys()) if (wordAt(key, 0) >= this.#to) this.#counts.delete(key);
  }
}

function digestOf(customerId: string): { readonly key: string; readonly place: number } {
  const key = hash('sha1', customerId, 'binary').slice(0, keyBytes);
  return { key, place: wordAt(key, 0) };
}
