import type { CommitRequest } from '../../domain/orders/order.ts';
import type { DrawOutcome } from '../../domain/stock/ports.ts';
import { withLines } from './gate-entry.ts';
import type { GateLane } from './gate-lane.ts';
import { missingOf } from './gather.ts';
import { joinUnits, seatsOf, type Units, unitsOf } from './order-units.ts';

/**
 * Rule 4 over the lanes of a sale (ADR 0015, L11), once the collided units are marked, which `collided` says: what the
 * order may keep of its units is kept, lane by lane; then the home lane judges, at first alone, then with what each further
 * lane gives, and the whole is stored there. What a lane gave that was not stored is freed by the sweep, once the ledger has
 * said what became of the order. A lane that is not ready puts the message off.
 */
export async function drawOverLanes(
  { home, others }: { readonly home: GateLane; readonly others: readonly GateLane[] },
  request: CommitRequest,
  collided: (sku: string, unit: number) => boolean,
): Promise<DrawOutcome> {
  const { order } = request;
  const seats = seatsOf(order.lines);
  if ([...seats].some(([sku, units]) => units.some((unit) => collided(sku, unit)))) return { kind: 'seat-taken' };
  const known = await home.order(order.orderId);
  if (known && known.version > 0) return { kind: 'done' };
  const listed = unitsOf((known?.order ?? order).lines);
  const had = new Map([...listed].map(([sku, units]) => [sku, units.filter((unit) => !collided(sku, unit))]));

  let got: Units = new Map();
  for (const lane of others) {
    const own = new Map([...had].map(([sku, units]) => [sku, units.filter((unit) => lane.has(unit))]));
    if ([...own.values()].every((units) => units.length === 0)) continue;
    const kept = await lane.drawPart(request, own, got, new Map());
    if (kept.kind !== 'drawn') return kept;
    // A seat has no other in its place: it stays the order's until the ledger says whose it is.
    got = joinUnits(got, new Map([...kept.units, ...[...own].filter(([sku]) => seats.has(sku))]));
  }

  const candidate = withLines(request, had);
  let parked = false;
  for (const lane of [undefined, ...others]) {
    if (lane) {
      const found = await lane.drawPart(request, new Map(), got, missingOf(order.lines, got).quantities);
      if (found.kind === 'done') return found;
      if (found.kind === 'drawn') got = joinUnits(got, found.units);
      else parked = true;
    }
    const drawn = await home.draw(candidate, [], got);
    if (drawn.kind !== 'none') return drawn;
  }
  return { kind: parked ? 'park' : 'none' };
}
