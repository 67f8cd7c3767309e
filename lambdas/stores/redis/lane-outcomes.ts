import type { CommitRequest } from '../../domain/orders/order.ts';
import type { DrawOutcome, ResendOutcome, ReserveOutcome } from '../../domain/stock/ports.ts';
import { readOrder, readRequest, withLines } from './gate-entry.ts';
import { joinUnits, parseUnits, type Units } from './order-units.ts';
import type { Reply } from './run-script.ts';
import { unexpected } from './scripts.ts';

/** How a lane's replies number units. */
export interface LaneNumbers {
  /** A unit of the lane by its number within it → its number in the ledger. */
  readonly toLedger: (number: number) => number;
}

/** What an order’s home lane says to it. */
export type LaneReserveOutcome =
  | ReserveOutcome
  /** The lane has these units for the order, which are too few: the rest is to be gathered, under this attempt. */
  | { readonly kind: 'gather'; readonly attempt: string; readonly units: Units };

/** What another lane sets aside for a gathering (L2). */
export type TakeOutcome =
  | { readonly kind: 'taken'; readonly units: Units }
  | { readonly kind: 'seat-taken'; readonly units: Units }
  /** Units are set aside by this other attempt, or drawn for a message (''). */
  | { readonly kind: 'other'; readonly attempt: string }
  | { readonly kind: 'busy' | 'ended' };

/** What the home lane says to the end of a gathering (L4). */
export type StoreOutcome =
  | { readonly kind: 'stored' | 'busy' | 'gone' | 'committed' }
  /** Another call was first: what the order has. */
  | { readonly kind: 'known'; readonly request: CommitRequest };

/** What another lane has for a draw (L11). */
export type DrawPartOutcome = { readonly kind: 'drawn'; readonly units: Units } | { readonly kind: 'park' | 'done' };

/** An order's resend; `gathering`: it has not all its units, and nothing was promised. */
export type LaneResendOutcome = ResendOutcome | { readonly kind: 'gathering'; readonly attempt: string };

/** Codes → outcomes of reserve.lua. */
export function reserveOutcome(reply: Reply, request: CommitRequest, skus: readonly string[], numbers: LaneNumbers): LaneReserveOutcome {
  const [code, first, second] = reply;
  switch (code) {
    case 'reserved':
      return { kind: 'reserved', request: withLines(request, here(first, numbers)) };
    case 'gather':
      return { kind: 'gather', attempt: String(first), units: here(second, numbers) };
    case 'pending':
      return { kind: 'pending', request: keptRequest(reply, numbers) };
    case 'replayed':
      return { kind: 'replayed', order: readOrder(String(first)) };
    case 'customer-limit':
      return { kind: 'customer-limit', remaining: Number(first) };
    case 'seat-taken':
      return { kind: 'seat-taken', units: here(first, numbers) };
    case 'sold-out':
      return { kind: 'sold-out', available: Object.fromEntries(skus.map((sku, index) => [sku, Number(reply[1 + index])])) };
    case 'busy':
    case 'ask-ledger':
    case 'fingerprint-differs':
    case 'unknown':
      return { kind: code };
    default:
      return unexpected(reply, 'reserve');
  }
}

/** Codes → outcomes of take.lua. */
export function takeOutcome(reply: Reply, numbers: LaneNumbers): TakeOutcome {
  const [code, first] = reply;
  switch (code) {
    case 'taken':
    case 'seat-taken':
      return { kind: code, units: here(first, numbers) };
    case 'other':
      return { kind: 'other', attempt: String(first) };
    case 'busy':
    case 'ended':
      return { kind: code };
    default:
      return unexpected(reply, 'take');
  }
}

/** Codes → outcomes of store.lua. */
export function storeOutcome(reply: Reply, numbers: LaneNumbers): StoreOutcome {
  const [code] = reply;
  switch (code) {
    case 'known':
      return { kind: 'known', request: keptRequest(reply, numbers) };
    case 'stored':
    case 'busy':
    case 'gone':
    case 'committed':
      return { kind: code };
    default:
      return unexpected(reply, 'store');
  }
}

/** Codes → outcomes of draw.lua; `elsewhere`: units that other lanes gave. */
export function drawOutcome(reply: Reply, request: CommitRequest, elsewhere: Units, numbers: LaneNumbers): DrawOutcome {
  const [code, units] = reply;
  switch (code) {
    case 'drawn':
      return { kind: 'drawn', request: withLines(request, joinUnits(here(units, numbers), elsewhere)) };
    case 'park':
    case 'done':
    case 'none':
    case 'seat-taken':
      return { kind: code };
    default:
      return unexpected(reply, 'draw');
  }
}

/** Codes → outcomes of draw-part.lua. */
export function drawPartOutcome(reply: Reply, numbers: LaneNumbers): DrawPartOutcome {
  const [code, units] = reply;
  switch (code) {
    case 'drawn':
      return { kind: 'drawn', units: here(units, numbers) };
    case 'park':
    case 'done':
      return { kind: code };
    default:
      return unexpected(reply, 'draw-part');
  }
}

/** Codes → outcomes of resend.lua. */
export function resendOutcome(reply: Reply, numbers: LaneNumbers): LaneResendOutcome {
  const [code, first] = reply;
  switch (code) {
    case 'again':
      return { kind: 'again', request: keptRequest(reply, numbers) };
    case 'gathering':
      return { kind: 'gathering', attempt: String(first) };
    case 'settled':
    case 'waiting':
    case 'stuck':
      return { kind: code };
    default:
      return unexpected(reply, 'resend');
  }
}

/** Units of an entry: those of its lane, and those of others. */
export function entryUnits(units: string, elsewhere: string, { toLedger }: LaneNumbers): Units {
  return joinUnits(parseUnits(units, toLedger), parseUnits(elsewhere, Number));
}

/** A reply of a code, a document and its units. */
function keptRequest([, document, units, elsewhere]: Reply, numbers: LaneNumbers): CommitRequest {
  return readRequest(String(document), entryUnits(String(units), String(elsewhere), numbers));
}

function here(text: unknown, { toLedger }: LaneNumbers): Units {
  return parseUnits(String(text), toLedger);
}
