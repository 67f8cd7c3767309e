import type { ApiOperation } from '../../lambdas/contracts/routes.ts';
import type { ProblemCode } from '../../lambdas/contracts/problems.ts';
import { item, lineOf, saleBody } from '../support/api.ts';
import { paymentSucceeded } from '../support/stripe-messages.ts';

/** One call of an operation and the answer it must get; the address comes from the document. */
export interface OperationCase {
  readonly status: number;
  /** Of a problem; without one the answer is plain. */
  readonly code?: ProblemCode;
  /** Values of the path; `{sold}` is an order of one unit at 1,500. @default the open sale, the held order */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: string;
  /** `{etag}` stands for the ETag of this operation's answer before, `{stripe}` for Stripe's signature of the body, made now. */
  readonly headers?: Readonly<Record<string, string>>;
  /** `{sold}` as in the path. */
  readonly body?: unknown;
  /** Sent as it is, whatever it is. */
  readonly raw?: string;
  /** Who calls. @default an operator */
  readonly as?: 'nobody' | 'guest';
  /** Sent this many times at most, until the answer is of this status. @default 1 */
  readonly times?: number;
}

const hall = { sku: 'hall', name: 'Hall', unitPrice: 4500, orderLimit: 4, seating: 'assigned', seats: ['A1', 'A2', 'A3'] };

/** The open sale, and others that are in the way: each is put before the first case. */
export const sales: Readonly<Record<string, () => Record<string, unknown>>> = {
  open: () => ({ ...saleBody(), items: [item('unit', 20, 5), item('rare', 2), hall], customerLimit: 4 }),
  scheduled: () => ({
    ...saleBody(),
    opensAt: new Date(Date.now() + 3_600_000).toISOString(),
    closesAt: new Date(Date.now() + 7_200_000).toISOString(),
    items: [item('unit', 50), hall],
  }),
  over: () => ({ ...saleBody(), closesAt: new Date(Date.now() - 500).toISOString() }),
  paid: saleBody,
  halting: saleBody,
  closing: saleBody,
};

const key = (value: string) => ({ 'idempotency-key': value });
const seatOf = (customerId: string) => ({ customerId, lines: [{ sku: 'hall', quantity: 1, seats: ['A1'] }] });
const paid = { path: { orderId: '{sold}' } };
const payment = (id: string, amount = 1500) => ({ payment: { provider: 'bank', id, amount, currency: 'EUR' } });
const missing = { path: { saleId: 'none' } };
const noSale: OperationCase = { status: 404, code: 'sale-not-found', ...missing };
const unchanged: readonly OperationCase[] = [{ status: 200 }, { status: 304, headers: { 'if-none-match': '{etag}' } }];

/**
 * Good and bad input of every operation of the document, in the order sent. What any operation of its kind must refuse
 * (no proof, a guest where operators call, bodies that are none) is added by the test.
 */
export const operationCases: Readonly<Record<ApiOperation, readonly OperationCase[]>> = {
  getHealth: [{ status: 200, as: 'nobody' }],
  getReady: [{ status: 200, as: 'nobody' }],
  getOpenApi: unchanged,
  createGuest: [
    { status: 201, as: 'nobody' },
    { status: 201, as: 'nobody', body: {} },
    { status: 429, code: 'rate-limited', as: 'nobody', times: 1500 },
  ],
  listSales: [
    ...unchanged,
    { status: 200, query: 'state=open&limit=1' },
    { status: 400, code: 'invalid-request', query: 'limit=0' },
    { status: 400, code: 'invalid-request', query: 'state=ajar' },
    { status: 400, code: 'invalid-request', query: 'cursor=none' },
  ],
  getSale: [...unchanged, noSale],
  getAvailability: [...unchanged, noSale],
  listSeats: [
    ...unchanged.map((one) => ({ ...one, path: { sku: 'hall' } })),
    { status: 200, path: { sku: 'hall' }, query: 'limit=1' },
    { status: 400, code: 'invalid-request', path: { sku: 'hall' }, query: 'limit=0' },
    { status: 400, code: 'invalid-request', path: { sku: 'hall' }, query: 'cursor=none' },
    { status: 404, code: 'not-found', path: { sku: 'none' } },
    noSale,
  ],
  createOrder: [
    { status: 202, headers: key('a'), body: { ...lineOf('ann'), reference: 'r', metadata: { a: 'b' } } },
    { status: 202, headers: key('a'), body: { ...lineOf('ann'), reference: 'r', metadata: { a: 'b' } } },
    { status: 202, headers: key('g'), body: { lines: [{ sku: 'unit', quantity: 1 }] }, as: 'guest' },
    { status: 400, code: 'idempotency-key-required', body: lineOf('ann') },
    { status: 404, code: 'sale-not-found', headers: key('b'), body: lineOf('ann'), ...missing },
    { status: 422, code: 'unknown-sku', headers: key('b'), body: lineOf('ann', 1, 'other') },
    { status: 422, code: 'idempotency-key-reused', headers: key('a'), body: lineOf('ann', 2) },
    { status: 409, code: 'sale-not-open', headers: key('b'), body: lineOf('ann'), path: { saleId: 'scheduled' } },
    { status: 409, code: 'customer-limit', headers: key('b'), body: lineOf('ann', 5) },
    { status: 202, headers: key('s'), body: seatOf('sue') },
    { status: 409, code: 'seat-taken', headers: key('t'), body: seatOf('tom') },
    { status: 409, code: 'sold-out', headers: key('b'), body: lineOf('bob', 3, 'rare') },
  ],
  getOrder: [
    { status: 200, headers: { prefer: 'wait=5' } },
    { status: 404, code: 'not-found', path: { orderId: `ord_${'0'.repeat(26)}` } },
    { status: 404, code: 'not-found', path: { orderId: '%00' } },
    { status: 404, code: 'not-found', as: 'guest' },
  ],
  listOwnOrders: [
    { status: 200, as: 'guest' },
    { status: 200, query: 'customerId=hal&saleId=open&limit=1' },
    { status: 200, query: 'customerId=hal&saleId=open&idempotencyKey=held' },
    { status: 400, code: 'invalid-request' },
    { status: 400, code: 'invalid-request', query: 'customerId=hal&idempotencyKey=held' },
    { status: 404, code: 'sale-not-found', query: 'customerId=hal&saleId=none&idempotencyKey=held' },
  ],
  listSaleOrders: [
    { status: 200, query: 'state=held&limit=100' },
    { status: 400, code: 'invalid-request', query: 'state=accepted' },
    { status: 400, code: 'invalid-request', query: 'cursor=none' },
    noSale,
  ],
  cancelOrder: [
    { status: 200 },
    { status: 200, body: {} },
    { status: 404, code: 'not-found', as: 'guest' },
    { status: 404, code: 'not-found', path: { orderId: `ord_${'0'.repeat(26)}` } },
  ],
  confirmOrder: [
    { status: 422, code: 'payment-mismatch', ...paid, body: payment('p1', 1499) },
    { status: 200, ...paid, body: payment('p1') },
    { status: 200, ...paid, body: payment('p1') },
    { status: 409, code: 'order-state', ...paid, body: payment('p2') },
    { status: 404, code: 'not-found', path: { orderId: `ord_${'0'.repeat(26)}` }, body: payment('p1') },
  ],
  receiveStripeEvent: [
    { status: 200, as: 'nobody', body: { type: 'ping', data: { object: {} } }, headers: { 'stripe-signature': '{stripe}' } },
    { status: 400, code: 'invalid-signature', as: 'nobody', body: {} },
    { status: 400, code: 'invalid-signature', as: 'nobody', body: {}, headers: { 'stripe-signature': 't=1,v1=00' } },
  ],
  changeStock: [
    { status: 200, headers: key('more'), body: { add: 1 } },
    { status: 200, headers: key('more'), body: { add: 1 } },
    { status: 200, headers: key('less'), body: { withdraw: 1 } },
    { status: 400, code: 'idempotency-key-required', body: { add: 1 } },
    { status: 404, code: 'sale-not-found', headers: key('x'), body: { add: 1 }, ...missing },
    { status: 422, code: 'unknown-sku', headers: key('x'), body: { add: 1 }, path: { sku: 'other' } },
    { status: 422, code: 'idempotency-key-reused', headers: key('more'), body: { add: 2 } },
    { status: 400, code: 'invalid-request', headers: key('x'), body: { add: 1 }, path: { sku: 'hall' } },
    { status: 409, code: 'capacity-in-use', headers: key('all'), body: { withdraw: 900 } },
  ],
  putSale: [
    { status: 201, path: { saleId: 'new' }, body: saleBody() },
    { status: 200, path: { saleId: 'new' }, body: { ...saleBody(), name: 'Later', opensAt: '{opensAt}', items: [item('unit', 60)] } },
    { status: 412, code: 'precondition-failed', body: saleBody(), headers: { 'if-match': '"v99"' } },
    { status: 412, code: 'precondition-failed', body: saleBody(), headers: { 'if-match': '*' }, path: { saleId: 'absent' } },
    { status: 409, code: 'sale-already-opened', path: { saleId: 'new' }, body: { ...saleBody(), currency: 'USD' } },
    {
      status: 409,
      code: 'capacity-in-use',
      path: { saleId: 'new' },
      body: { ...saleBody(), opensAt: '{opensAt}', items: [item('unit', 1)] },
    },
  ],
  getAdminSale: [{ status: 200 }, noSale],
  openSale: [
    { status: 200, path: { saleId: 'scheduled' } },
    { status: 200, path: { saleId: 'scheduled' }, body: {} },
    { status: 409, code: 'sale-state', path: { saleId: 'over' } },
    noSale,
  ],
  pauseSale: [
    { status: 200, path: { saleId: 'halting' } },
    { status: 200, path: { saleId: 'halting' }, body: {} },
    { status: 409, code: 'sale-state', path: { saleId: 'over' } },
    noSale,
  ],
  resumeSale: [
    { status: 200, path: { saleId: 'halting' } },
    { status: 200, path: { saleId: 'halting' }, body: {} },
    { status: 409, code: 'sale-state', path: { saleId: 'over' } },
    noSale,
  ],
  closeSale: [{ status: 200, path: { saleId: 'closing' } }, { status: 200, path: { saleId: 'closing' }, body: {} }, noSale],
  getReport: [{ status: 200 }, noSale],
  getAudit: [{ status: 200 }, noSale],
};

/** Sent once Redis has gone: what needs it says so in the words of the contract. */
export const casesWithoutRedis: Partial<Readonly<Record<ApiOperation, OperationCase>>> = {
  getReady: { status: 503, as: 'nobody' },
  createGuest: { status: 503, code: 'unavailable', as: 'nobody' },
  getAvailability: { status: 503, code: 'unavailable', path: { saleId: 'scheduled' } },
  createOrder: { status: 503, code: 'unavailable', headers: key('z'), body: lineOf('zoe') },
  putSale: { status: 503, code: 'unavailable', path: { saleId: 'late' }, body: saleBody() },
  openSale: { status: 503, code: 'unavailable', path: { saleId: 'open' } },
  getAudit: { status: 503, code: 'unavailable' },
  listSeats: { status: 503, code: 'unavailable', path: { saleId: 'scheduled', sku: 'hall' } },
  cancelOrder: { status: 503, code: 'unavailable' },
  receiveStripeEvent: {
    status: 503,
    code: 'unavailable',
    as: 'nobody',
    body: JSON.parse(paymentSucceeded('{sold}', 'pi_1', 1500)) as unknown,
    headers: { 'stripe-signature': '{stripe}' },
  },
  confirmOrder: { status: 503, code: 'unavailable', ...paid, body: payment('p1') },
  changeStock: { status: 503, code: 'unavailable', headers: key('late'), body: { withdraw: 1 } },
  resumeSale: { status: 503, code: 'unavailable', path: { saleId: 'open' } },
};

/** Documented, but not to be had from a running system by a client; each with the reason. */
export const unprovoked: Readonly<Record<string, string>> = {
  'createGuest forbidden': 'a deployment that takes no guests; test/unit/http/create-guest.test.ts',
  'confirmOrder hold-expired': 'a hold that has run out; test/e2e/payments.test.ts',
  'changeStock 202': 'a commit that takes longer than 5 s; test/unit/http/change-stock.test.ts',
  'cancelOrder order-state': 'an order that has expired, or was rejected; test/unit/http/cancel-order.test.ts',
  ...Object.fromEntries(
    (
      [
        'getHealth',
        'getReady',
        'getOpenApi',
        'listSales',
        'getSale',
        'getOrder',
        'listOwnOrders',
        'listSaleOrders',
        'getAdminSale',
        'pauseSale',
        'closeSale',
        'getReport',
      ] as const
    ).map((operation) => [
      `${operation} unavailable`,
      'answered without Redis, and the ledger cannot be taken away; test/unit/runtime/http-function.test.ts',
    ]),
  ),
};
