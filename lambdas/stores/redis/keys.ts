/** Names of every Redis key. All keys of a sale bear its hash tag, so one script may touch any of them. */
export interface SaleKeys {
  /** Hash: st (rebuilding | ready), token, chunks, `cap:<sku>` and `set:<sku>` in units. Missing: there is no gate. */
  readonly meta: string;
  /** Hash orderId → entry (lua/shared/entry.lua). */
  readonly ent: string;
  /** Sorted set orderId → when to send it again (epoch ms): exactly the orders at version 0. */
  readonly pend: string;
  /** Sorted set orderId → when its hold ends (epoch ms). */
  readonly due: string;
  /** Hash customerId → live units. */
  readonly cust: string;
  /** String: token of the rebuild under way, with a TTL. */
  readonly lock: string;
  /** Hash orderId → how often a pending order was sent again, and until when that is waited for (epoch ms): `2:1795341600000`. */
  readonly resent: string;
  /** Sorted set `<customerId> <waitId>` → until when it waits for a commit (epoch ms). */
  readonly waiters: string;
}

/** The keys of a sale that are not of one sku. */
export function saleKeys(saleId: string): SaleKeys {
  const tag = `gate:{${saleId}}:`;
  return {
    meta: `${tag}meta`,
    ent: `${tag}ent`,
    pend: `${tag}pend`,
    due: `${tag}due`,
    cust: `${tag}cust`,
    lock: `${tag}lock`,
    resent: `${tag}resent`,
    waiters: `${tag}waiters`,
  };
}

/** Bytes of one owner in `own`: an order id without its `ord_`. */
export const ownerBytes = 26;

/** Bitmap of a sku: bit u is 1 when unit u is set aside. */
export function bitsKey(saleId: string, sku: string): string {
  return `gate:{${saleId}}:bits:${sku}`;
}

/** Owners of a sku: a string of `ownerBytes` for each unit, zeros where nobody owns it. */
export function ownKey(saleId: string, sku: string): string {
  return `gate:{${saleId}}:own:${sku}`;
}

/** Calls of one bucket in its present window. */
export function rateKey(bucket: string): string {
  return `rate:{${bucket}}`;
}
