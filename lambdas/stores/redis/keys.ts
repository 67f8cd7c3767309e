/** Names of every Redis key. All keys of a lane bear its hash tag, so one script may touch any of them. */
export interface SaleKeys {
  /** Hash: st (rebuilding | ready | laned), token, chunks, lanes, version (of the sale that it was made by), `cap:<sku>` and `set:<sku>` in units. Missing: there is no gate. */
  readonly meta: string;
  /** Hash orderId → entry (lua/shared/entry.lua). */
  readonly ent: string;
  /** Sorted set orderId → when to send it again (epoch ms): exactly the orders at version 0 whose home lane this is. */
  readonly pend: string;
  /** Sorted set orderId → when its hold ends (epoch ms). */
  readonly due: string;
  /** Hash customerId → live units. */
  readonly cust: string;
  /** String: token of the rebuild under way, with a TTL. */
  readonly lock: string;
  /** Hash orderId → how often a pending order was sent again, and until when that is waited for (epoch ms): `2:1795341600000`. */
  readonly resent: string;
  /** Sorted set `<customerId> <waitId>` → until when it waits for a commit (epoch ms). Of the whole sale. */
  readonly waiters: string;
}

/**
 * What the keys of a lane are named by. A sale of one lane is that lane. One of several has what concerns the whole
 * (lanes, rebuild, waiters) under its own id, and everything else under `<saleId>#<lane>/<lanes>`: who believes in another
 * number of lanes finds no gate there.
 */
export function laneName(saleId: string, lane: number, lanes: number): string {
  return lanes === 1 ? saleId : `${saleId}#${lane}/${lanes}`;
}

/** The keys of a sale, or of one of its lanes, that are not of one sku. */
export function saleKeys(name: string): SaleKeys {
  const tag = `gate:{${name}}:`;
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

/** Bitmap of a sku in a lane: bit u is 1 when its unit u is set aside. */
export function bitsKey(name: string, sku: string): string {
  return `gate:{${name}}:bits:${sku}`;
}

/** Owners of a sku in a lane: a string of `ownerBytes` for each unit, zeros where nobody owns it. */
export function ownKey(name: string, sku: string): string {
  return `gate:{${name}}:own:${sku}`;
}

/** There while nobody else need compare a sku of a sale, with a TTL. */
export function comparedKey(saleId: string, sku: string): string {
  return `gate:{${saleId}}:compared:${sku}`;
}

/** Calls of one bucket in its present window. */
export function rateKey(bucket: string): string {
  return `rate:{${bucket}}`;
}
