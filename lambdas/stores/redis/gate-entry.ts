import * as z from 'zod/mini';
import { commitRequestSchema, orderSchema } from '../../contracts/messages.ts';
import { CorruptionError } from '../../domain/kernel/faults.ts';
import type { CommitRequest, Order } from '../../domain/orders/order.ts';
import { fillUnits, type Units } from './order-units.ts';

/** The document of an order at version 0: its request, but for the units, which the entry lists and a redraw changes. Seats stay. */
export function keepRequest(request: CommitRequest): string {
  return JSON.stringify(withLines(request, new Map()));
}

/** The kept request with the units of its entry. Throws CorruptionError. */
export function readRequest(document: string, units: Units): CommitRequest {
  return withLines(parse(commitRequestSchema, document), units);
}

/** The same request with the units of its entry. */
export function withLines(request: CommitRequest, units: Units): CommitRequest {
  return { ...request, order: { ...request.order, lines: fillUnits(request.order.lines, units) } };
}

/** The document of an order from version 1 on. Throws CorruptionError. */
export function readOrder(document: string): Order {
  return parse(orderSchema, document);
}

/** An entry (its fields: lua/shared/entry.lua) as a reader needs it. */
export interface Entry {
  readonly version: number;
  /** The gathering under way, or that took this part; empty: none. */
  readonly attempt: string;
  /** Units of the lane, numbered within it. */
  readonly units: string;
  /** Units of other lanes. */
  readonly elsewhere: string;
  /** Empty in a stub, and in a part. */
  readonly document: string;
}

/** Throws CorruptionError. */
export function readEntry(text: string): Entry {
  const fields = text.split('\x1f', entryFields - 1);
  const [doubled, , , , , , units, elsewhere, attempt] = fields;
  if (units === undefined || elsewhere === undefined || attempt === undefined)
    throw new CorruptionError(`an entry of the gate has ${fields.length} of its ${entryFields} fields`);
  const document = text.slice(fields.join('\x1f').length + 1);
  return { version: Number(doubled) / 2, attempt, units, elsewhere, document };
}

const entryFields = 10;

function parse<T>(schema: z.ZodMiniType<T>, document: string): T {
  try {
    return z.parse(schema, JSON.parse(document));
  } catch (cause) {
    // What JSON.parse says quotes the document, and a customer is in it.
    throw new CorruptionError('a document of the gate is not what was put into it', cause instanceof SyntaxError ? {} : { cause });
  }
}
