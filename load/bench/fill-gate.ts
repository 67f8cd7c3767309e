import { loadLimits } from '../limits.ts';
import { benchRequest } from './bench-order.ts';
import type { Subject } from './subject/open-subject.ts';

/** Buyers of the filling are numbered from here on: nobody else is. */
const firstBuyer = 10_000_000;
/** Calls at once: enough to hide the way to Redis and back. */
const lanes = 32;

/** Makes a ready gate in which nothing is set aside. */
export async function makeGate(gate: Subject['gate'], saleId: string, capacities: Readonly<Record<string, number>>): Promise<void> {
  const token = 'bench';
  await gate.beginRebuild(saleId, token, Object.keys(capacities), { remake: true, lanes: 1, gateVersion: 1 });
  if (!(await gate.publish({ saleId, gateVersion: 1 }, token, 0, capacities))) throw new Error(`the gate of ${saleId} could not be made`);
}

/** Sets units aside from the lowest on, by orders of as many units as an order may have. Throws when the gate refuses one. */
export async function fillGate({ gate, ids }: Subject, saleId: string, units: number): Promise<void> {
  let left = units;
  let buyer = firstBuyer;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      const quantity = Math.min(left, loadLimits.quantityMax);
      left -= quantity;
      const { kind } = await gate.reserve(benchRequest({ ids }, saleId, buyer++, quantity));
      if (kind !== 'reserved') throw new Error(`the gate of ${saleId} cannot be filled: ${kind}`);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
