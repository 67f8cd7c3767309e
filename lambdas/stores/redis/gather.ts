import type { CommitRequest, OrderLine } from '../../domain/orders/order.ts';
import type { ReserveOutcome } from '../../domain/stock/ports.ts';
import { withLines } from './gate-entry.ts';
import type { GateLane, Missing } from './gate-lane.ts';
import type { TakeOutcome } from './lane-outcomes.ts';
import { joinUnits, seatsOf, type Units, unitsOf } from './order-units.ts';

/** What one lane gave to a gathering. */
interface Lent {
  readonly lane: GateLane;
  readonly units: Units;
}

/** What the home lane set aside, and under which attempt. */
interface Begun {
  readonly attempt: string;
  readonly units: Units;
}

/** 'short': all lanes together have too little. 'again': another attempt, or its end, came between. */
type Gathered = ReserveOutcome | { readonly kind: 'short' } | { readonly kind: 'again' };

/**
 * Gathers an order's units over the lanes of a sale whose home lane is short (ADR 0015, L1 to L5): the others are asked
 * in turn, then home stores the whole, once; or the order is removed at home, and only then is given back what the others lent.
 * Dying anywhere promises nobody anything: a call under the same key goes on in the same attempt, and the sweep clears away.
 */
export async function gather(
  { home, others }: { readonly home: GateLane; readonly others: readonly GateLane[] },
  request: CommitRequest,
  { attempt, units }: Begun,
): Promise<Gathered> {
  const { orderId, lines } = request.order;
  const lent: Lent[] = [];
  let busy = false;
  let taken: TakeOutcome | undefined;
  for (const lane of others) {
    const missing = missingOf(lines, joinUnits(units, ...lent.map((each) => each.units)));
    if (countOf(missing) === 0) break;
    taken = await takeFrom({ lane, home }, request, attempt, missing);
    if (taken.kind === 'ended') return { kind: 'ask-ledger' };
    if (taken.kind === 'other') return { kind: 'again' };
    if (taken.kind === 'seat-taken') break;
    if (taken.kind === 'taken') lent.push({ lane, units: taken.units });
    else busy = true;
  }
  const lentUnits = joinUnits(...lent.map((each) => each.units));
  if (countOf(missingOf(lines, joinUnits(units, lentUnits))) === 0) {
    return store(home, request, { attempt, units, lent, elsewhere: needed(lines, units, lentUnits) });
  }
  if (!(await home.remove(orderId, attempt, skusOf(request)))) return { kind: 'again' };
  await giveBack(lent, request, attempt, new Map());
  if (taken?.kind === 'seat-taken') return { kind: 'seat-taken', units: taken.units };
  return { kind: busy ? 'busy' : 'short' };
}

/** L2. What another attempt has set aside is taken over only while ours stands at home. */
async function takeFrom(
  { lane, home }: { readonly lane: GateLane; readonly home: GateLane },
  request: CommitRequest,
  attempt: string,
  missing: Missing,
): Promise<TakeOutcome> {
  const taken = await lane.take(request, attempt, undefined, missing);
  if (taken.kind !== 'other') return taken;
  const wanted = await home.wanted(request.order.orderId);
  return wanted?.attempt === attempt ? lane.take(request, attempt, taken.attempt, missing) : taken;
}

/** L4 and L5. */
async function store(
  home: GateLane,
  request: CommitRequest,
  { attempt, units, lent, elsewhere }: Begun & { readonly lent: readonly Lent[]; readonly elsewhere: Units },
): Promise<Gathered> {
  const { orderId } = request.order;
  const stored = await home.store(orderId, attempt, elsewhere);
  switch (stored.kind) {
    case 'stored':
      if (countUnits(elsewhere) < lent.reduce((sum, each) => sum + countUnits(each.units), 0))
        await giveBack(lent, request, attempt, elsewhere);
      return { kind: 'reserved', request: withLines(request, joinUnits(units, elsewhere)) };
    case 'known':
      await giveBack(lent, request, attempt, unitsOf(stored.request.order.lines));
      return { kind: 'pending', request: stored.request };
    case 'gone':
      await giveBack(lent, request, attempt, new Map());
      return { kind: 'again' };
    case 'committed':
      return { kind: 'ask-ledger' };
    case 'busy':
      return { kind: 'busy' };
  }
}

async function giveBack(lent: readonly Lent[], request: CommitRequest, attempt: string, keep: Units): Promise<void> {
  for (const { lane, units } of lent) {
    if (countUnits(units) > 0) await lane.giveBack(request.order.orderId, attempt, keep, skusOf(request));
  }
}

function skusOf({ order }: CommitRequest): string[] {
  return order.lines.map(({ sku }) => sku);
}

/**
 * Of what was lent, no more than the order needs: a lane gives in one attempt what it gave before, though another may have
 * given the same meanwhile.
 */
function needed(lines: readonly OrderLine[], units: Units, lent: Units): Units {
  const more = lines.map(({ sku, quantity }): [string, number[]] => [
    sku,
    (lent.get(sku) ?? []).slice(0, quantity - (units.get(sku)?.length ?? 0)),
  ]);
  return new Map(more);
}

/** What an order still needs beside these units; of a line with seats, the seats not among them. */
export function missingOf(lines: readonly OrderLine[], got: Units): Missing {
  const quantities = new Map<string, number>();
  for (const { sku, quantity, seats } of lines) if (!seats) quantities.set(sku, Math.max(0, quantity - (got.get(sku)?.length ?? 0)));
  const seats = new Map([...seatsOf(lines)].map(([sku, named]) => [sku, named.filter((unit) => !got.get(sku)?.includes(unit))]));
  return { quantities, seats };
}

function countOf({ quantities, seats }: Missing): number {
  return [...quantities.values()].reduce((sum, quantity) => sum + quantity, countUnits(seats));
}

function countUnits(units: Units): number {
  return [...units.values()].reduce((sum, list) => sum + list.length, 0);
}
