import { emptySchema } from '../contracts/api.ts';
import type { Clock } from '../domain/kernel/ports.ts';
import type { ChangeSaleStateOutcome } from '../domain/sales/change-sale-state.ts';
import type { SaleState } from '../domain/sales/sale.ts';
import type { ApiHandler } from '../runtime/api.ts';
import { parseBody } from '../runtime/validate.ts';
import { adminSaleAnswer, saleETag } from './sale-answer.ts';
import { readSaleId, saleNotFound } from './sale-id.ts';

/** What leads on from a state in which the transition asked for is not possible. */
const adviceFor: Readonly<Record<SaleState, string>> = {
  scheduled: 'it can be opened or closed',
  open: 'it can be paused or closed',
  paused: 'it can be resumed or closed',
  closed: 'its gate is in place; to sell on, put a closesAt that is ahead, then open it',
};

/** POST /v1/admin/sales/{saleId}/open, /pause, /resume and /close */
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
          detail: `the sale is ${outcome.state}; ${adviceFor[outcome.state]}`,
          members: { state: outcome.state },
        };
    }
  };
}
