import { localLimits } from './local-limits.ts';

/** The sale that a new local system has. */
export const demoSaleId = 'demo';

const demoHours = 24;

/** What is put: open now, for a day. */
const demoSale = (nowMs: number) => ({
  name: 'Demonstration sale',
  opensAt: new Date(nowMs).toISOString(),
  closesAt: new Date(nowMs + demoHours * 3_600_000).toISOString(),
  currency: 'EUR',
  holdSeconds: 600,
  customerLimit: 4,
  waitingRoom: { enabled: false },
  items: [
    { sku: 'poster', name: 'Poster, signed', unitPrice: 2900, capacity: 200, orderLimit: 4, seating: 'general' },
    { sku: 'vinyl', name: 'Vinyl, first pressing', unitPrice: 3900, capacity: 50, orderLimit: 2, seating: 'general' },
  ],
});

/**
 * Puts the demonstration sale over HTTP, as an operator would. One that is kept from an earlier run stays as it is.
 * @throws Error with the answer when it is refused.
 */
export async function seedDemoSale(url: string, operatorKey: string, nowMs: number): Promise<void> {
  const response = await fetch(`${url}/v1/admin/sales/${demoSaleId}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${operatorKey}`, 'content-type': 'application/json', 'if-none-match': '*' },
    body: JSON.stringify(demoSale(nowMs)),
    signal: AbortSignal.timeout(localLimits.callMs),
  });
  const body = await response.text();
  if (!response.ok && response.status !== 412) throw new Error(`the demonstration sale was refused with ${response.status}: ${body}`);
}
