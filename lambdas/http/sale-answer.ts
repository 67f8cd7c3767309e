import type { AdminSaleAnswer, SaleAnswer } from '../contracts/answers.ts';
import { isSeated, saleState, type Sale } from '../domain/sales/sale.ts';
import { toTime } from './time.ts';

/** A sale as anybody sees it. */
export function saleAnswer(sale: Sale, nowMs: number): SaleAnswer {
  return {
    saleId: sale.saleId,
    name: sale.name,
    state: saleState(sale, nowMs),
    opensAt: toTime(sale.opensAtMs),
    closesAt: toTime(sale.closesAtMs),
    currency: sale.currency,
    holdSeconds: sale.holdSeconds,
    customerLimit: sale.customerLimit,
    waitingRoom: { enabled: sale.waitingRoom.enabled },
    items: sale.items.map((item) => ({
      sku: item.sku,
      name: item.name,
      unitPrice: item.unitPriceMinor,
      capacity: item.capacity,
      orderLimit: item.orderLimit,
      seating: isSeated(item) ? 'assigned' : 'general',
    })),
  };
}

/** A sale as an operator sees it: all that was put, but for the seats, which are a list of their own. */
export function adminSaleAnswer(sale: Sale, nowMs: number): AdminSaleAnswer {
  return { ...saleAnswer(sale, nowMs), lanes: sale.lanes, waitingRoom: sale.waitingRoom };
}

/** The stored version of a sale as a strong ETag. */
export function saleETag(sale: Pick<Sale, 'version'>): string {
  return `"v${sale.version}"`;
}
