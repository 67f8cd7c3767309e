import { createOrderSchema } from '../contracts/api.ts';
import { metrics } from '../contracts/metrics.ts';
import type { Meter } from '../domain/kernel/ports.ts';
import { unreachable } from '../domain/kernel/assert.ts';
import type { AcceptOutcome, OrderIntent } from '../domain/orders/accept-order.ts';
import type { SeatFault } from '../domain/orders/ask-lines.ts';
import type { ApiHandler, ApiRequest, ApiResponse } from '../runtime/api.ts';
import { type FieldError, invalid, parseBody } from '../runtime/validate.ts';
import { readIdempotencyKey } from './idempotency-key.ts';
import { orderAnswer } from './order-answer.ts';
import { readSaleId, saleNotFound } from './sale-id.ts';
import { toTime } from './time.ts';

/** POST /v1/sales/{saleId}/orders */
export function createOrder(deps: { readonly accept: (intent: OrderIntent) => Promise<AcceptOutcome>; readonly meter: Meter }): ApiHandler {
  return async (request) => {
    const outcome = await deps.accept(readIntent(request));
    if (outcome.kind !== 'accepted') deps.meter.count(metrics.ordersRefused);
    else deps.meter.count(outcome.replayed ? metrics.ordersReplayed : metrics.ordersAccepted);
    return toResponse(outcome, request);
  };
}

function readIntent(request: ApiRequest): OrderIntent {
  const idempotencyKey = readIdempotencyKey(request);
  const { customerId: named, ...asked } = parseBody(createOrderSchema, request.body);
  return { customerId: customerOf(request, named), saleId: readSaleId(request), idempotencyKey, ...asked };
}

function customerOf({ caller }: ApiRequest, named: string | undefined): string {
  switch (caller.kind) {
    case 'operator':
      if (named === undefined) throw invalid([{ pointer: '/customerId', message: 'missing: an operator names the customer' }]);
      return named;
    case 'customer':
      if (named !== undefined) throw invalid([{ pointer: '/customerId', message: 'only operators may name a customer' }]);
      return caller.customerId;
    case 'anyone':
      throw new Error('an order needs a caller');
  }
}

function toResponse(outcome: AcceptOutcome, request: ApiRequest): ApiResponse {
  switch (outcome.kind) {
    case 'accepted':
      return {
        status: 202,
        headers: { location: `/v1/orders/${outcome.order.orderId}`, ...(outcome.replayed ? { 'idempotency-replayed': 'true' } : {}) },
        body: orderAnswer(outcome.order),
      };
    case 'sale-not-found':
      return saleNotFound(request.params['saleId'] ?? '');
    case 'unknown-sku':
      return {
        problem: 'unknown-sku',
        detail: 'the sale does not have every sku asked for',
        members: { errors: outcome.lines.map((line) => ({ pointer: `/lines/${line}/sku`, message: 'not in this sale' })) },
      };
    case 'over-order-limit':
      throw invalid([{ pointer: `/lines/${outcome.line}/quantity`, message: `too big: at most ${outcome.orderLimit} in one order` }]);
    case 'wrong-seats':
      throw invalid(outcome.faults.map(seatError));
    case 'idempotency-key-reused':
      return {
        problem: 'idempotency-key-reused',
        detail: 'this Idempotency-Key was first used with another body; use a new one for a new order',
      };
    case 'sale-not-open':
      return {
        problem: 'sale-not-open',
        detail: `the sale is ${outcome.state}`,
        members: { state: outcome.state, opensAt: toTime(outcome.opensAtMs) },
      };
    case 'customer-limit':
      return {
        problem: 'customer-limit',
        detail: `${outcome.remaining} more units are allowed for this customer`,
        members: { remaining: outcome.remaining },
      };
    case 'seat-taken':
      return {
        problem: 'seat-taken',
        detail: `${outcome.seats.length} of the seats asked for are taken`,
        members: {
          seats: outcome.seats.map(({ label }) => label),
          errors: outcome.seats.map(({ line, seat }) => ({ pointer: `/lines/${line}/seats/${seat}`, message: 'taken' })),
        },
      };
    case 'sold-out':
      return { problem: 'sold-out', detail: 'not enough units are left', members: { available: outcome.available } };
    default:
      return unreachable(outcome);
  }
}

function seatError(fault: SeatFault): FieldError {
  switch (fault.kind) {
    case 'seats-needed':
      return { pointer: `/lines/${fault.line}/seats`, message: 'missing: the item has assigned seating' };
    case 'no-seats':
      return { pointer: `/lines/${fault.line}/seats`, message: 'the item has general seating: it has no seats' };
    case 'unknown-seat':
      return { pointer: `/lines/${fault.line}/seats/${fault.seat}`, message: 'the item has no such seat' };
  }
}
