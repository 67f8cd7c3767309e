import * as z from 'zod/mini';
import { expiryNoticeSchema } from '../contracts/messages.ts';
import type { ExpiryNotice } from '../domain/orders/order.ts';
import type { RecordHandler } from '../runtime/sqs-function.ts';

/** One message of the expiries queue: parse, expire. A message that is none is a fault of ours: it goes to the dead letters by its receive count. */
export function expireOrders(expire: (notice: ExpiryNotice) => Promise<unknown>): RecordHandler {
  return async (body) => {
    await expire(z.parse(expiryNoticeSchema, JSON.parse(body)));
  };
}
