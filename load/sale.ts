import { type ApiClient, UnreachableError } from './client.ts';
import type { Clock } from './clock.ts';
import { loadLimits } from './limits.ts';
import { availabilityShape, saleShape } from './shapes.ts';

/** The one thing the crowd buys. */
export const crowdSku = 'unit';

const dayMs = 86_400_000;
/** Longer than any run, so that no hold runs out while its order is being read. */
const holdSeconds = 7200;

/** The sale never became ready to sell. */
export class SaleNotReadyError extends Error {
  override readonly name = 'SaleNotReadyError';
}

/** The body of `PUT /v1/admin/sales/{saleId}` for a run: one sku, no limit a customer, open from nowMs (epoch) for a day. */
export function crowdSale(stock: number, nowMs: number): unknown {
  return {
    name: 'Crowd',
    opensAt: new Date(nowMs).toISOString(),
    closesAt: new Date(nowMs + dayMs).toISOString(),
    currency: 'EUR',
    holdSeconds,
    customerLimit: 0,
    waitingRoom: { enabled: false, admitPerSecond: 100, maxActive: 1000, admissionSeconds: 300 },
    items: [{ sku: crowdSku, name: 'Unit', unitPrice: 4999, capacity: stock, orderLimit: loadLimits.quantityMax, seating: 'general' }],
  };
}

/**
 * Creates the sale and waits until it shows as open with its whole stock, as an operator would before sending anybody
 * there. Throws SaleNotReadyError after loadLimits.openWaitMs.
 */
export async function openSale(client: ApiClient, saleId: string, stock: number, clock: Clock): Promise<void> {
  const deadlineMs = clock.nowMs() + loadLimits.openWaitMs;
  const poll = async (what: string, ready: () => Promise<boolean>): Promise<void> => {
    while (!(await ready())) {
      if (clock.nowMs() > deadlineMs)
        throw new SaleNotReadyError(`sale ${saleId}: ${what} did not happen within ${loadLimits.openWaitMs / 1000} s`);
      await clock.sleep(loadLimits.openPollMs);
    }
  };
  const body = crowdSale(stock, Date.now());
  await poll('its creation', async () => (await client.write('PUT', `/v1/admin/sales/${saleId}`, body)) === 'done');
  await poll('its opening', async () => {
    const sale = await client.read(`/v1/sales/${saleId}`, saleShape);
    return sale.kind === 'found' && sale.value.state === 'open';
  });
  await poll('its stock being available', async () => {
    const availability = await client.read(`/v1/sales/${saleId}/availability`, availabilityShape);
    return availability.kind === 'found' && availability.value.items.find((item) => item.sku === crowdSku)?.available === stock;
  });
}

/** Ends the sale, so that repeated runs leave no open sales behind. False when that was not possible: say so, judge nothing by it. */
export async function closeSale(client: ApiClient, saleId: string): Promise<boolean> {
  try {
    return (await client.write('POST', `/v1/admin/sales/${saleId}/close`)) === 'done';
  } catch (error) {
    if (error instanceof UnreachableError) return false;
    throw error;
  }
}
