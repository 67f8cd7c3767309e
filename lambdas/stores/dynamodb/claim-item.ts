import { tables } from '../../contracts/tables.ts';
import type { Claim } from '../../domain/orders/ports.ts';
import { number, optional, readNumber, readOptional, readText, text, type Item } from './attributes.ts';
import { claimKey } from './keys.ts';

/** Attributes of a claim; short, for a sale has as many claims as units sold. sku and unit are in the key. */
export const claimAttributes = { orderId: 'o', version: 'v', customerId: 'c', holdExpiresAtMs: 'h' } as const;

/** The item of a claim, its key included. */
export function toClaimItem(saleId: string, claim: Claim): Item {
  return {
    ...claimKey(saleId, claim.sku, claim.unit),
    [claimAttributes.orderId]: text(claim.orderId),
    [claimAttributes.version]: number(claim.version),
    ...optional(claimAttributes.customerId, claim.customerId, text),
    ...optional(claimAttributes.holdExpiresAtMs, claim.holdExpiresAtMs, number),
  };
}

/** The claim of a stored item. Throws CorruptionError when the item is none. */
export function fromClaimItem(item: Item): Claim {
  const [, sku = ''] = readText(item, tables.claims.partitionKey).split('#');
  return {
    sku,
    unit: readNumber(item, tables.claims.sortKey),
    orderId: readText(item, claimAttributes.orderId),
    version: readNumber(item, claimAttributes.version),
    ...readOptional(item, claimAttributes.customerId, 'customerId', readText),
    ...readOptional(item, claimAttributes.holdExpiresAtMs, 'holdExpiresAtMs', readNumber),
  };
}
