import { hash } from 'node:crypto';
import { limits } from '../../contracts/limits.ts';
import { wordAt } from '../kernel/word-at.ts';

/** Takes note of what live orders list and of what is claimed, unit by unit, in any order. */
export interface UnitBook {
  list(sku: string, unit: number, orderId: string): void;
  claim(sku: string, unit: number, orderId: string): void;
}

/** Parts of the stock that are compared as wholes. */
export interface Suspects {
  has(sku: string, unit: number): boolean;
  /** Parts among them. */
  readonly parts: number;
  /** True for a unit of a part that differs too and is not among them: more than can be looked at. */
  leavesOut(sku: string, unit: number): boolean;
}

/**
 * Whether orders and claims say the same, in memory that does not grow with them: the units fall into
 * limits.auditParts parts, and of each part both sides are added up as a multiset hash (MSet-Add-Hash: Clarke and others,
 * "Incremental Multiset Hash Functions and Their Application to Memory Integrity Checking", ASIACRYPT 2003). Equal
 * sums are equal multisets but for 1 case in 2^64. The hash has no key: nobody can choose order ids.
 */
export class UnitSums implements UnitBook {
  readonly #low = new Uint32Array(limits.auditParts);
  readonly #high = new Uint32Array(limits.auditParts);
  readonly #units = new Uint32Array(limits.auditParts);
  readonly #parts = new Parts();

  list(sku: string, unit: number, orderId: string): void {
    this.#add(sku, unit, orderId, 1);
  }

  claim(sku: string, unit: number, orderId: string): void {
    this.#add(sku, unit, orderId, -1);
  }

  /** The parts whose sides differ, as many as hold limits.auditSuspectUnits units together, and one at least. */
  suspects(): Suspects {
    const chosen = new Set<number>();
    const leftOut = new Set<number>();
    let units = 0;
    for (let part = 0; part < limits.auditParts; part += 1) {
      if (this.#low[part] === 0 && this.#high[part] === 0) continue;
      const more = units + (this.#units[part] ?? 0);
      if (chosen.size > 0 && more > limits.auditSuspectUnits) leftOut.add(part);
      else {
        chosen.add(part);
        units = more;
      }
    }
    return {
      has: (sku, unit) => chosen.has(this.#parts.of(sku, unit)),
      leavesOut: (sku, unit) => leftOut.has(this.#parts.of(sku, unit)),
      parts: chosen.size,
    };
  }

  #add(sku: string, unit: number, orderId: string, times: 1 | -1): void {
    const part = this.#parts.of(sku, unit);
    const digest = hash('sha1', `${sku}#${unit}#${orderId}`, 'binary');
    this.#low[part] = (this.#low[part] ?? 0) + times * wordAt(digest, 0);
    this.#high[part] = (this.#high[part] ?? 0) + times * wordAt(digest, 4);
    this.#units[part] = (this.#units[part] ?? 0) + 1;
  }
}

/** Which part a unit is in: neighbours in different ones, each sku from a place of its own. */
class Parts {
  readonly #starts = new Map<string, number>();

  of(sku: string, unit: number): number {
    let start = this.#starts.get(sku);
    if (start === undefined) this.#starts.set(sku, (start = wordAt(hash('sha1', sku, 'binary'), 0)));
    return (start + unit) % limits.auditParts;
  }
}
