import { putSaleSchema, saleIdSchema, type PutSaleBody } from '../contracts/api.ts';
import { limits } from '../contracts/limits.ts';
import { assert } from '../domain/kernel/assert.ts';
import type { Clock } from '../domain/kernel/ports.ts';
import type { ItemDraft } from '../domain/sales/draft-items.ts';
import type { Expected, PutSaleOutcome, SaleDraft } from '../domain/sales/put-sale.ts';
import type { ApiHandler, ApiRequest } from '../runtime/api.ts';
import { invalid, parseBody, parseValue } from '../runtime/validate.ts';
import { adminSaleAnswer, saleETag } from './sale-answer.ts';

/** PUT /v1/admin/sales/{saleId} */
export function putSale(deps: {
  readonly put: (draft: SaleDraft, expected: Expected) => Promise<PutSaleOutcome>;
  readonly clock: Clock;
}): ApiHandler {
  return async (request) => {
    const saleId = parseValue(saleIdSchema, 'path', 'saleId', request.params['saleId']);
    const outcome = await deps.put(toDraft(saleId, parseBody(putSaleSchema, request.body)), readExpected(request));
    switch (outcome.kind) {
      case 'created':
      case 'replaced':
        return {
          status: outcome.kind === 'created' ? 201 : 200,
          headers: { etag: saleETag(outcome.sale), location: `/v1/sales/${saleId}` },
          body: adminSaleAnswer(outcome.sale, deps.clock.nowMs()),
        };
      case 'precondition-failed':
        return {
          problem: 'precondition-failed',
          detail: outcome.version === undefined ? 'there is no such sale yet' : 'the sale exists in another version; read it again',
          headers: outcome.version === undefined ? {} : { etag: saleETag({ version: outcome.version }) },
        };
      case 'sale-already-opened': {
        const members = outcome.members.map(asAsked);
        return { problem: 'sale-already-opened', detail: `these may not change any more: ${members.join(', ')}`, members: { members } };
      }
      case 'capacity-in-use':
        return {
          problem: 'capacity-in-use',
          detail: `${outcome.sku} has ${outcome.capacity} units and may only get more`,
          members: { sku: outcome.sku, capacity: outcome.capacity },
        };
      case 'seats-missing':
        throw invalid([{ pointer: `/items/${outcome.item}/seats`, message: 'missing: there are none that could stay' }]);
      case 'seats-miscounted':
        throw invalid([{ pointer: `/items/${outcome.item}/capacity`, message: `the item has ${outcome.seats} seats` }]);
    }
  };
}

/** Members that the request calls otherwise than the domain, which says the unit. */
const asked: Readonly<Record<string, string>> = { opensAtMs: 'opensAt', unitPriceMinor: 'unitPrice' };

/** A member of a sale as the request calls it: `items.shirt.unitPrice`. No sku has a capital letter, so none is taken for a member. */
function asAsked(member: string): string {
  return member
    .split('.')
    .map((part) => asked[part] ?? part)
    .join('.');
}

function toDraft(saleId: string, body: PutSaleBody): SaleDraft {
  const room = body.waitingRoom;
  return {
    saleId,
    name: body.name,
    opensAtMs: Date.parse(body.opensAt),
    closesAtMs: Date.parse(body.closesAt),
    currency: body.currency,
    holdSeconds: body.holdSeconds,
    customerLimit: body.customerLimit,
    lanes: body.lanes ?? 1,
    waitingRoom: {
      enabled: room?.enabled ?? false,
      admitPerSecond: room?.admitPerSecond ?? limits.admitPerSecondDefault,
      maxActive: room?.maxActive ?? limits.maxActiveDefault,
      admissionSeconds: room?.admissionSeconds ?? limits.admissionSecondsDefault,
    },
    items: body.items.map(toItemDraft),
  };
}

function toItemDraft({ sku, name, unitPrice, capacity, orderLimit, seating, seats }: PutSaleBody['items'][number]): ItemDraft {
  const terms = { sku, name, unitPriceMinor: unitPrice, orderLimit };
  if (seating === 'assigned') {
    return { ...terms, seating, ...(seats === undefined ? {} : { seats }), ...(capacity === undefined ? {} : { capacity }) };
  }
  assert(capacity !== undefined, 'the schema lets no general item pass without its capacity');
  return { ...terms, seating, capacity };
}

function readExpected(request: ApiRequest): Expected {
  const match = request.header('if-match');
  const none = request.header('if-none-match');
  if (none !== undefined) {
    if (none.trim() !== '*')
      throw invalid([{ pointer: '#header/If-None-Match', message: 'only * is possible here: create, never replace' }]);
    return 'absent';
  }
  if (match === undefined) return 'any';
  // RFC 9110: any version will do, but there must be one.
  if (match.trim() === '*') return 'present';
  const version = /^"v(\d{1,15})"$/.exec(match.trim())?.[1];
  // An ETag that we never gave out matches no version.
  return { version: version === undefined ? 0 : Number(version) };
}
