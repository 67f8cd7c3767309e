import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { crockford } from '../kernel/crockford.ts';

const customerChars = 10;
const saleChars = 3;
const orderChars = 9;
const tagChars = 4;
const shape = /^ord_[0-9A-HJKMNP-TV-Z]{26}$/;

/**
 * Order ids (protocol.md rule 40): `ord_` + C(10) + S(3) + O(9) + T(4) in Crockford's base 32. C names the customer,
 * S the sale, O the order, T proves that we minted it, each an HMAC under a key of the deployment; so a retry derives
 * the same id anywhere, and an id is checked without any I/O. S is ours: a poll names no sale, and finds its gate by it
 * (docs/adr). The key must not change while a sale lives.
 */
export class OrderIds {
  /** Made once: preparing a key from bytes costs as much as the HMAC. */
  readonly #key: KeyObject;

  constructor(key: Uint8Array) {
    this.#key = createSecretKey(key);
  }

  derive(saleId: string, customerId: string, idempotencyKey: string): string {
    const order = this.#hmac('o', `${saleId}\0${customerId}\0${idempotencyKey}`, orderChars);
    const body = this.customerTag(customerId) + this.saleTag(saleId) + order;
    return `ord_${body}${this.#hmac('t', body, tagChars)}`;
  }

  /** The S of every order id of the sale. */
  saleTag(saleId: string): string {
    return this.#hmac('s', saleId, saleChars);
  }

  /** The C of every order id of the customer. */
  customerTag(customerId: string): string {
    return this.#hmac('c', customerId, customerChars);
  }

  /** True for an id that this deployment can have made. */
  isMinted(orderId: string): boolean {
    if (!shape.test(orderId)) return false;
    const body = orderId.slice(4, -tagChars);
    return equal(orderId.slice(-tagChars), this.#hmac('t', body, tagChars));
  }

  /** True for a minted id of this customer. */
  isOf(orderId: string, customerId: string): boolean {
    return this.isMinted(orderId) && equal(orderId.slice(4, 4 + customerChars), this.customerTag(customerId));
  }

  #hmac(kind: string, text: string, characters: number): string {
    return crockford(createHmac('sha256', this.#key).update(`${kind}|${text}`).digest(), characters);
  }
}

/** The customer's tag in an order id that has the right shape: the same in all orders of a customer. */
export function customerTagOf(orderId: string): string {
  return orderId.slice(4, 4 + customerChars);
}

/** The sale tag in an order id that has the right shape. */
export function saleTagOf(orderId: string): string {
  return orderId.slice(4 + customerChars, 4 + customerChars + saleChars);
}

function equal(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
