import { UnavailableError } from '../kernel/faults.ts';
import type { SaleReader, SeatMapReader } from '../sales/ports.ts';
import { isGateOver, saleState, type Sale, type SaleState } from '../sales/sale.ts';
import type { SoldOutMemory, StockGate } from '../stock/ports.ts';
import { askLines, type LinesOutcome } from './ask-lines.ts';
import { fingerprintOf, type Asked } from './fingerprint.ts';
import type { CommitRequest, Order, OrderLine } from './order.ts';
import type { OrderIds } from './order-id.ts';
import { answerStored, gateIsBeingBuilt, placeOrder, type PlaceOutcome, type PlaceOrderDependencies } from './place-order.ts';

/** One order as a customer asks for it; its skus are distinct, so are the seats of a line, which are as many as its units. */
export interface OrderIntent extends Asked {
  readonly saleId: string;
  readonly customerId: string;
  readonly idempotencyKey: string;
}

/** What an order is answered: accepted (also a repetition), or why not. */
export type AcceptOutcome =
  | Exclude<PlaceOutcome, { readonly kind: 'unknown' | 'seat-taken' }>
  | { readonly kind: 'sale-not-found' }
  /** Positions in the lines whose sku the sale does not have. */
  | { readonly kind: 'unknown-sku'; readonly lines: readonly number[] }
  | { readonly kind: 'over-order-limit'; readonly line: number; readonly orderLimit: number }
  | Extract<LinesOutcome, { readonly kind: 'wrong-seats' }>
  | { readonly kind: 'sale-not-open'; readonly state: SaleState; readonly opensAtMs: number }
  /** Seats asked for that others have. */
  | { readonly kind: 'seat-taken'; readonly seats: readonly AskedSeat[] };

/** A seat by its label, and by its position in its line. */
export interface AskedSeat {
  readonly line: number;
  readonly seat: number;
  readonly label: string;
}

interface AcceptOrderDependencies extends PlaceOrderDependencies {
  readonly sales: SaleReader;
  readonly seatMaps: SeatMapReader;
  readonly gate: Pick<StockGate, 'reserve' | 'apply' | 'peek'>;
  readonly soldOut: SoldOutMemory;
  readonly ids: OrderIds;
}

/**
 * Takes an order in (protocol.md rules 1, 8–12): the sale from the near cache, units set aside by one gate script,
 * the whole order to the queue. Idempotent: the same (sale, customer, key) is the same order at every step, and
 * nothing set aside is ever given back on a doubt. Throws UnavailableError; the same call may then be repeated.
 */
export async function acceptOrder(deps: AcceptOrderDependencies, intent: OrderIntent): Promise<AcceptOutcome> {
  const sale = await deps.sales.sale(intent.saleId);
  if (!sale) return { kind: 'sale-not-found' };
  const misfit = checkLines(sale, intent);
  if (misfit) return misfit;
  const asked = await askLines(deps.seatMaps, sale, intent.lines);
  if (asked.kind === 'wrong-seats') return asked;

  const nowMs = deps.clock.nowMs();
  const request = buildRequest(deps.ids, sale, intent, asked.lines, nowMs);
  const refusal = await refuseFromNearCache(deps, sale, request, nowMs);
  if (refusal && refusal !== 'known') return refusal;

  const outcome = await placeOrder(deps, request, { knownOnly: refusal === 'known' });
  if (outcome.kind === 'unknown') return refuseUnknown(deps, sale, request);
  if (outcome.kind === 'seat-taken') return { kind: 'seat-taken', seats: pickSeats(request.order.lines, outcome.units) };
  if (outcome.kind === 'sold-out') deps.soldOut.remember(sale.saleId, outcome.available);
  return outcome;
}

function checkLines(sale: Sale, intent: OrderIntent): AcceptOutcome | undefined {
  const items = new Map(sale.items.map((item) => [item.sku, item]));
  const unknown = intent.lines.flatMap((line, index) => (items.has(line.sku) ? [] : [index]));
  if (unknown.length > 0) return { kind: 'unknown-sku', lines: unknown };
  for (const [line, { sku, quantity }] of intent.lines.entries()) {
    const orderLimit = items.get(sku)?.orderLimit ?? 0;
    if (quantity > orderLimit) return { kind: 'over-order-limit', line, orderLimit };
  }
  return undefined;
}

function buildRequest(ids: OrderIds, sale: Sale, intent: OrderIntent, lines: OrderLine[], nowMs: number): CommitRequest {
  return {
    order: {
      orderId: ids.derive(sale.saleId, intent.customerId, intent.idempotencyKey),
      saleId: sale.saleId,
      customerId: intent.customerId,
      fingerprint: fingerprintOf(intent),
      state: 'accepted',
      version: 0,
      currency: sale.currency,
      lines,
      acceptedAtMs: nowMs,
      ...(intent.reference === undefined ? {} : { reference: intent.reference }),
      ...(intent.metadata === undefined ? {} : { metadata: intent.metadata }),
    },
    customerLimit: sale.customerLimit,
    holdSeconds: sale.holdSeconds,
    gateVersion: sale.gateVersion,
  };
}

/**
 * Rule 11: a sale that is not open, or sold out by a fresh answer, refuses new orders for one cheap read of the gate.
 * 'known': the order exists, so the script must answer it. A gate that is lost or being built cannot say which orders
 * are known, and a known one is answered before any refusal: so nobody is refused until it can, unless the sale is over for so
 * long that its gate is not made again: then the ledger says it. An order with seats is
 * never hopeless: only the script can say which of its seats are taken, and that goes before sold out.
 */
async function refuseFromNearCache(
  deps: AcceptOrderDependencies,
  sale: Sale,
  { order }: CommitRequest,
  nowMs: number,
): Promise<AcceptOutcome | 'known' | undefined> {
  const state = saleState(sale, nowMs);
  const available = deps.soldOut.recall(sale.saleId);
  const seated = order.lines.some((line) => line.seats !== undefined);
  const hopeless = available && !seated && order.lines.some((line) => line.quantity > (available[line.sku] ?? Infinity));
  if (state === 'open' && !hopeless) return undefined;
  const limited = sale.customerLimit > 0 ? order.customerId : '';
  const peeked = await deps.gate.peek(sale.saleId, order.orderId, limited);
  if (peeked.kind === 'busy') {
    if (!isGateOver(sale, nowMs)) throw gateIsBeingBuilt();
    const stored = await deps.ledger.read(order.orderId);
    if (stored) return answerStored(stored, order);
    return notOpen(sale, state);
  }
  if (peeked.kind === 'known') return 'known';
  if (state !== 'open' || !available) return notOpen(sale, state);
  const asked = order.lines.reduce((sum, line) => sum + line.quantity, 0);
  if (sale.customerLimit > 0 && peeked.customerUnits + asked > sale.customerLimit) {
    return { kind: 'customer-limit', remaining: Math.max(0, sale.customerLimit - peeked.customerUnits) };
  }
  return { kind: 'sold-out', available: pickAvailable(available, order) };
}

/** The entry was there a moment ago and is gone (a failover between two reads): refuse as the near cache would have. */
function refuseUnknown(deps: AcceptOrderDependencies, sale: Sale, { order }: CommitRequest): AcceptOutcome {
  const state = saleState(sale, deps.clock.nowMs());
  const available = deps.soldOut.recall(sale.saleId);
  if (state === 'open' && available) return { kind: 'sold-out', available: pickAvailable(available, order) };
  if (state !== 'open') return notOpen(sale, state);
  throw new UnavailableError('gate', 'the gate lost the order between two reads');
}

function notOpen({ opensAtMs }: Sale, state: SaleState): AcceptOutcome {
  return { kind: 'sale-not-open', state, opensAtMs };
}

function pickAvailable(available: Readonly<Record<string, number>>, order: Order): Record<string, number> {
  return Object.fromEntries(order.lines.flatMap(({ sku }) => (available[sku] === undefined ? [] : [[sku, available[sku]]])));
}

function pickSeats(lines: readonly OrderLine[], taken: ReadonlyMap<string, readonly number[]>): AskedSeat[] {
  return lines.flatMap(({ sku, units, seats = [] }, line) =>
    seats.flatMap((label, seat) => (taken.get(sku)?.includes(units[seat] ?? -1) ? [{ line, seat, label }] : [])),
  );
}
