import { limits } from '../../contracts/limits.ts';

/** One thing sold in a sale. */
export interface Item {
  readonly sku: string;
  readonly name: string;
  readonly unitPriceMinor: number;
  /** Units 0 to capacity − 1 exist. Only grows once the sale has opened. */
  readonly capacity: number;
  /** Units of it in one order. */
  readonly orderLimit: number;
  /** Assigned seating: names the labels of its seats (seat-map.ts). Absent: general seating. */
  readonly seatMap?: string;
}

/** True for assigned seating. */
export function isSeated<I extends Item>(item: I): item is I & { readonly seatMap: string } {
  return item.seatMap !== undefined;
}

/** A sale as stored. Its state is never stored: it follows from the times, and from an operator's halt. */
export interface Sale {
  readonly saleId: string;
  /** Three Crockford characters that every id of the sale's orders holds: a poll finds its sale, and so its gate, by them. */
  readonly tag: string;
  /** 1 at creation, + 1 at each change; the ETag. */
  readonly version: number;
  /**
   * The version by whose terms the gate is made: the last that was put before orders could be taken. Later ones change nothing that
   * a gate cannot follow. A gate of an older one, which a failover may bring back, sells nothing and is made again.
   */
  readonly gateVersion: number;
  readonly name: string;
  readonly opensAtMs: number;
  readonly closesAtMs: number;
  readonly currency: string;
  readonly holdSeconds: number;
  /** Live units a customer may have; 0 = no limit. */
  readonly customerLimit: number;
  /** The highest limit the sale ever had: what the audit holds its customers to, since a lower one binds new orders only. */
  readonly highestCustomerLimit: number;
  readonly lanes: number;
  readonly waitingRoom: {
    readonly enabled: boolean;
    readonly admitPerSecond: number;
    readonly maxActive: number;
    readonly admissionSeconds: number;
  };
  readonly items: readonly Item[];
  /** An operator's word against the times; 'none' when they alone say what the state is. */
  readonly halt: 'none' | 'paused' | 'closed';
  /** True from the first addition or withdrawal on: capacities only grow and items stay, as once the sale has opened. */
  readonly stockInUse: boolean;
}

/** Only an open sale takes new orders. */
export type SaleState = 'scheduled' | 'open' | 'paused' | 'closed';

/** The state at a time: opening and closing need no call and no clock but the reader's. */
export function saleState(sale: Pick<Sale, 'opensAtMs' | 'closesAtMs' | 'halt'>, nowMs: number): SaleState {
  if (nowMs >= sale.closesAtMs || sale.halt === 'closed') return 'closed';
  if (nowMs < sale.opensAtMs) return 'scheduled';
  return sale.halt === 'paused' ? 'paused' : 'open';
}

/** True once a sale has been closed for so long that its gate is dropped, and not made again (limits.gateDropMs). */
export function isGateOver({ closesAtMs }: Pick<Sale, 'closesAtMs'>, nowMs: number): boolean {
  return nowMs >= closesAtMs + limits.gateDropMs;
}
