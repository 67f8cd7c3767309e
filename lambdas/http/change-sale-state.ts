import { emptySchema } from '../contracts/api.ts';
import type { Clock } from '../domain/kernel/ports.ts';
import type { ChangeSaleStateOutcome } from '../domain/sales/change-sale-state.ts';
import type { ApiHandler } from '../runtime/api.ts';
import { parseBody } from '../runtime/validate.ts';
import { adminSaleAnswer, saleETag } from './sale-answer.ts';
import { readSaleId, saleNotFound } from './sale-id.ts';

/** POST /v1/admin/sales/{saleId}/open and /close */
export function changeSaleState(deps: {
  readonly change: (saleId: string) => Promise<ChangeSaleStateOutcome>;
  readonly clock: Clock;
}): ApiHandler {
  return async (request) => {
    parseBody(emptySchema, request.body);
    const saleId = readSaleId(request);
    const outcome = await deps.change(saleId);
    switch (outcome.kind) {
      case 'changed':
      case 'unchanged':
        return { status: 200, headers: { etag: saleETag(outcome.sale) }, body: adminSaleAnswer(outcome.sale, deps.clock.nowMs()) };
      case 'sale-not-found':
        return saleNotFound(saleId);
      case 'sale-state':
        return {
          problem: 'sale-state',
          detail: `the sale is ${outcome.state}, with its gate in place; to sell on, put a later closesAt`,
          members: { state: outcome.state },
        };
    }
  };
}
