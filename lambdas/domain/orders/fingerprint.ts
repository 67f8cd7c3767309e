import { createHash } from 'node:crypto';

/** What the client asked for, as far as a repetition under the same key must be equal to it. */
export interface Asked {
  readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly seats?: readonly string[] | undefined }[];
  readonly reference?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** 128 bits of SHA-256 over a canonical form: the order of lines and of seats counts, the order of metadata and of JSON members does not. */
export function fingerprintOf(asked: Asked): string {
  const metadata = Object.entries(asked.metadata ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const canonical = JSON.stringify([
    asked.lines.map(({ sku, quantity, seats }) => (seats ? [sku, quantity, seats] : [sku, quantity])),
    asked.reference ?? null,
    metadata,
  ]);
  return createHash('sha256').update(canonical).digest('base64url').slice(0, 22);
}
