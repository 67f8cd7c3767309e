import * as z from 'zod/mini';
import type { StockAnswer } from '../contracts/answers.ts';
import { changeStockSchema, skuSchema } from '../contracts/api.ts';
import { UnavailableError } from '../domain/kernel/faults.ts';
import type { StockOperation } from '../domain/sales/stock-operation.ts';
import type { AddOutcome } from '../domain/sales/add-units.ts';
import type { StockGate } from '../domain/stock/ports.ts';
import type { WithdrawOutcome } from '../domain/orders/withdraw-units.ts';
import { type ApiHandler, type ApiRefusal, type ApiRequest, RefusedError } from '../runtime/api.ts';
import { invalid, parseBody } from '../runtime/validate.ts';
import { readIdempotencyKey } from './idempotency-key.ts';
import { orderAnswer } from './order-answer.ts';
import { readSaleId, saleNotFound } from './sale-id.ts';

type Outcome = AddOutcome | WithdrawOutcome;

/** POST /v1/admin/sales/{saleId}/items/{sku}/stock */
export function changeStock(deps: {
  readonly add: (operation: StockOperation) => Promise<AddOutcome>;
  readonly withdraw: (operation: StockOperation) => Promise<WithdrawOutcome>;
  readonly gate: Pick<StockGate, 'summary'>;
}): ApiHandler {
  return async (request) => {
    const operation = readOperation(request);
    const outcome: Outcome = await deps[operation.kind](operation);
    if (outcome.kind !== 'added' && outcome.kind !== 'taken') return refusalOf(outcome, operation);
    const orders = outcome.kind === 'taken' ? outcome.orders : [];
    const body: StockAnswer = {
      saleId: operation.saleId,
      sku: operation.sku,
      capacity: outcome.item.capacity,
      available: await availableNow(deps.gate, operation),
      orders: orders.map(orderAnswer),
    };
    return {
      status: orders.some(({ state }) => state === 'accepted') ? 202 : 200,
      headers: outcome.replayed ? { 'idempotency-replayed': 'true' } : {},
      body,
    };
  };
}

function readOperation(request: ApiRequest): StockOperation {
  const idempotencyKey = readIdempotencyKey(request);
  const { add, withdraw } = parseBody(changeStockSchema, request.body);
  const kind = add === undefined ? 'withdraw' : 'add';
  const saleId = readSaleId(request);
  return { saleId, sku: readSku(request), idempotencyKey, kind, units: add ?? withdraw ?? 0 };
}

/** Throws RefusedError (unknown-sku) for a name that no item can have. */
function readSku(request: ApiRequest): string {
  const sku = request.params['sku'] ?? '';
  if (!z.safeParse(skuSchema, sku).success) throw new RefusedError(unknownSku(sku));
  return sku;
}

function unknownSku(sku: string): ApiRefusal {
  const errors = [{ pointer: '#path/sku', message: 'not in this sale' }];
  return { problem: 'unknown-sku', detail: `the sale has no item ${sku}`, members: { errors } };
}

/** The operation is done: a gate that is away hides only how many units are left. */
async function availableNow(gate: Pick<StockGate, 'summary'>, { saleId, sku }: StockOperation): Promise<number | null> {
  try {
    const { state, available } = await gate.summary(saleId, [sku]);
    return state === 'ready' ? (available[sku] ?? 0) : null;
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    return null;
  }
}

function refusalOf(outcome: Exclude<Outcome, { readonly kind: 'added' | 'taken' }>, { saleId, sku }: StockOperation): ApiRefusal {
  switch (outcome.kind) {
    case 'sale-not-found':
      return saleNotFound(saleId);
    case 'unknown-sku':
      return unknownSku(sku);
    case 'seats-needed':
      throw invalid([{ pointer: '/add', message: 'the item has assigned seats: put the sale with the new seats at the end' }]);
    case 'over-capacity':
      throw invalid([{ pointer: '/add', message: `too big: at most ${outcome.units} more units` }]);
    case 'idempotency-key-reused':
      return { problem: 'idempotency-key-reused', detail: 'this Idempotency-Key was first used with another request; use a new one' };
    case 'capacity-in-use':
      return {
        problem: 'capacity-in-use',
        detail: `only ${outcome.available} units of ${sku} are free; nothing was withdrawn`,
        members: { sku, available: outcome.available },
      };
  }
}
