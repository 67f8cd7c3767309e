import * as z from 'zod/mini';
import { commitRequestSchema, orderSchema } from '../../contracts/messages.ts';
import { CorruptionError } from '../../domain/kernel/faults.ts';
import { withoutUnits, type CommitRequest, type Order } from '../../domain/orders/order.ts';
import type { GateOrder } from '../../domain/stock/ports.ts';
import { fillUnits } from './order-units.ts';

/** The document of an order at version 0: its request, but for the units, which the entry lists and a redraw changes. */
export function keepRequest(request: CommitRequest): string {
  return JSON.stringify({ ...request, order: { ...request.order, lines: withoutUnits(request.order.lines) } });
}

/** The kept request with the units of its entry. Throws CorruptionError. */
export function readRequest(document: string, units: string): CommitRequest {
  const request = parse(commitRequestSchema, document);
  return withLines(request, units);
}

/** The same request with the units of its entry. */
export function withLines(request: CommitRequest, units: string): CommitRequest {
  return { ...request, order: { ...request.order, lines: fillUnits(request.order.lines, units) } };
}

/** The document of an order from version 1 on. Throws CorruptionError. */
export function readOrder(document: string): Order {
  return parse(orderSchema, document);
}

/** A whole entry (its fields: lua/shared/entry.lua), as a poll reads it. Throws CorruptionError. */
export function readEntry(entry: string): GateOrder {
  const fields = entry.split('\x1f', 7);
  const [doubled, , , , , , units] = fields;
  if (units === undefined) throw new CorruptionError(`an entry of the gate has ${fields.length} of its 8 fields`);
  const document = entry.slice(fields.join('\x1f').length + 1);
  const version = Number(doubled) / 2;
  if (document === '') return { version };
  return { version, order: version === 0 ? readRequest(document, units).order : readOrder(document) };
}

function parse<T>(schema: z.ZodMiniType<T>, document: string): T {
  try {
    return z.parse(schema, JSON.parse(document));
  } catch (cause) {
    // What JSON.parse says quotes the document, and a customer is in it.
    throw new CorruptionError('a document of the gate is not what was put into it', cause instanceof SyntaxError ? {} : { cause });
  }
}
