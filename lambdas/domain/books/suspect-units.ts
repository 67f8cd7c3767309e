import type { Finding } from './finding.ts';
import { type Suspects, type UnitBook, UnitSums } from './unit-sums.ts';

type UnitFinding = Omit<Finding, 'invariant'>;

/** Compares orders and claims unit by unit, but only where their sums differ; by sums again where that is too much. */
export class SuspectUnits implements UnitBook {
  readonly #suspects: Suspects;
  readonly #leftOut = new UnitSums();
  /** `sku#unit` → live orders that list it. */
  readonly #listed = new Map<string, string[]>();
  /** `sku#unit` → order that claims it. */
  readonly #claimed = new Map<string, string>();

  constructor(suspects: Suspects) {
    this.#suspects = suspects;
  }

  list(sku: string, unit: number, orderId: string): void {
    if (this.#suspects.leavesOut(sku, unit)) this.#leftOut.list(sku, unit, orderId);
    if (!this.#suspects.has(sku, unit)) return;
    const key = `${sku}#${unit}`;
    const orders = this.#listed.get(key);
    if (orders) orders.push(orderId);
    else this.#listed.set(key, [orderId]);
  }

  claim(sku: string, unit: number, orderId: string): void {
    if (this.#suspects.leavesOut(sku, unit)) this.#leftOut.claim(sku, unit, orderId);
    if (this.#suspects.has(sku, unit)) this.#claimed.set(`${sku}#${unit}`, orderId);
  }

  *differences(): Generator<UnitFinding> {
    if (this.#leftOut.suspects().parts > 0)
      yield { kind: 'books-differ-widely', detail: 'more units differ between orders and claims than are looked at one by one' };
    for (const [key, orders] of this.#listed) {
      const claimant = this.#claimed.get(key);
      const [first, ...others] = orders;
      for (const orderId of others) yield { kind: 'unit-in-two-orders', ...unitOf(key), orderId, detail: `also listed by ${first}` };
      for (const orderId of orders)
        if (orderId !== claimant)
          yield { kind: 'order-without-claim', ...unitOf(key), orderId, detail: `claimed by ${claimant ?? 'nobody'}` };
    }
    for (const [key, orderId] of this.#claimed) {
      const orders = this.#listed.get(key) ?? [];
      if (!orders.includes(orderId))
        yield { kind: 'claim-without-live-order', ...unitOf(key), orderId, detail: `listed by ${orders[0] ?? 'no live order'}` };
    }
  }
}

function unitOf(key: string): { sku: string; unit: number } {
  const end = key.indexOf('#');
  return { sku: key.slice(0, end), unit: Number(key.slice(end + 1)) };
}
