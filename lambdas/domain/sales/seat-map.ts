import { createHash } from 'node:crypto';
import { assert } from '../kernel/assert.ts';

const shape = /^v(\d+)-([\w-]{22})$/;

/**
 * The name of a list of seats: the version of the sale that brings it, and 128 bits of SHA-256 over the labels. So what
 * a name stands for never changes, two puts at once never write to one another's lists, and what a version left behind
 * can be told from what a later one is just bringing.
 */
export function seatMapName(version: number, seats: readonly string[]): string {
  return `v${version}-${digestOf(seats)}`;
}

/** True when the name stands for just these seats in this order, whichever version brought them. */
export function isMapOf(name: string | undefined, seats: readonly string[]): boolean {
  return name !== undefined && parse(name).digest === digestOf(seats);
}

/** The version of the sale for which the list was written. */
export function seatMapVersion(name: string): number {
  return parse(name).version;
}

function parse(name: string): { readonly version: number; readonly digest: string } {
  const [, version, digest] = shape.exec(name) ?? [];
  assert(version !== undefined && digest !== undefined, `a seat map is named v<version>-<digest>, got ${name}`);
  return { version: Number(version), digest };
}

function digestOf(seats: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(seats)).digest('base64url').slice(0, 22);
}
