import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a fake system misbehaves: each fault is one that the verdict of a crowd must notice (or rightly bear). */
export interface Faults {
  /** Sells this many units more than there are, numbered from 0 again. */
  readonly oversell?: number;
  /** Answers 202 to this many orders and forgets them: 404 ever after. */
  readonly forget?: number;
  /** This many accepted orders end rejected although units are free. */
  readonly rejectWhileFree?: number;
  /** Every n-th try of an order is answered 503 with Retry-After: 0. */
  readonly unavailableEvery?: number;
  /** Every n-th try of an order takes effect, and then the connection is cut. */
  readonly cutEvery?: number;
  /** Every n-th try of an order is answered 500. */
  readonly failEvery?: number;
  /** Stops selling when this many units are left, as if sold out. */
  readonly keepBack?: number;
  /** The report claims this many units more than were sold. */
  readonly misreport?: number;
  readonly dirtyAudit?: boolean;
  readonly refuseKey?: boolean;
}

interface FakeOrder {
  readonly orderId: string;
  readonly quantity: number;
  units: number[];
  state: 'accepted' | 'held' | 'rejected';
  forgotten: boolean;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Record<string, string>;
}

/** A whole Penstock in a page: one sale in memory that an order leaves committed when it is read for the second time. */
export class FakeApi implements AsyncDisposable {
  readonly #faults: Faults;
  readonly #orders = new Map<string, FakeOrder>();
  #capacity = 0;
  #sold = 0;
  #tries = 0;
  closed = false;
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });

  constructor(faults: Faults = {}) {
    this.#faults = faults;
  }

  /** Orders made, each once however often it was sent. */
  get orders(): number {
    return this.#orders.size;
  }

  async start(): Promise<URL> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const answer = this.#route(request, text);
    if (answer === 'cut') {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(JSON.stringify(answer.body));
  }

  #route(request: IncomingMessage, text: string): Answer | 'cut' {
    const path = request.url ?? '';
    if (this.#faults.refuseKey) return { status: 401, body: { code: 'unauthenticated' } };
    if (request.method === 'PUT') {
      this.#capacity = (JSON.parse(text) as { items: { capacity: number }[] }).items[0]?.capacity ?? 0;
      return { status: 201, body: {} };
    }
    if (path.endsWith('/close')) {
      this.closed = true;
      return { status: 200, body: {} };
    }
    if (path.endsWith('/orders')) return this.#order(String(request.headers['idempotency-key']), text);
    if (path.startsWith('/v1/orders/')) return this.#read(path.slice('/v1/orders/'.length));
    if (path.endsWith('/availability')) return { status: 200, body: { items: [{ sku: 'unit', available: this.#capacity - this.#sold }] } };
    if (path.endsWith('/report')) return this.#report();
    if (path.endsWith('/audit')) return this.#audit();
    return { status: 200, body: { state: 'open', closesAt: '2026-11-23T00:00:00.000Z' } };
  }

  #order(key: string, text: string): Answer | 'cut' {
    this.#tries++;
    const hit = (every: number | undefined): boolean => every !== undefined && this.#tries % every === 0;
    if (hit(this.#faults.failEvery)) return { status: 500, body: {} };
    if (hit(this.#faults.unavailableEvery)) return { status: 503, body: { code: 'unavailable' }, headers: { 'retry-after': '0' } };
    const known = this.#orders.get(key);
    const order = known ?? this.#take(key, (JSON.parse(text) as { lines: { quantity: number }[] }).lines[0]?.quantity ?? 0);
    if (hit(this.#faults.cutEvery)) return 'cut';
    if (order === undefined) return { status: 409, body: { code: 'sold-out' } };
    return {
      status: 202,
      body: {},
      headers: { location: `/v1/orders/${order.orderId}`, ...(known ? { 'idempotency-replayed': 'true' } : {}) },
    };
  }

  #take(key: string, quantity: number): FakeOrder | undefined {
    const sellable = this.#capacity + (this.#faults.oversell ?? 0) - (this.#faults.keepBack ?? 0);
    if (this.#sold + quantity > sellable) return undefined;
    const made = this.#orders.size;
    const order: FakeOrder = {
      orderId: `ord_${key}`,
      quantity,
      units: Array.from({ length: quantity }, (_, index) => (this.#sold + index) % this.#capacity),
      state: 'accepted',
      forgotten: made < (this.#faults.forget ?? 0),
    };
    this.#orders.set(key, order);
    this.#sold += quantity;
    return order;
  }

  #read(orderId: string): Answer {
    const order = this.#orders.get(orderId.slice('ord_'.length));
    if (order === undefined || order.forgotten) return { status: 404, body: { code: 'not-found' } };
    const { state } = order;
    if (state === 'accepted') this.#commit(order);
    const shown = { orderId, state, lines: [{ sku: 'unit', quantity: order.quantity, units: state === 'held' ? order.units : [] }] };
    const heldAt = state === 'held' ? { heldAt: '2026-11-22T10:00:00.000Z' } : {};
    return { status: 200, body: { ...shown, ...heldAt, ...(state === 'rejected' ? { reason: 'sold-out' } : {}) } };
  }

  #commit(order: FakeOrder): void {
    const rejected = [...this.#orders.values()].filter(({ state }) => state === 'rejected').length;
    order.state = rejected < (this.#faults.rejectWhileFree ?? 0) ? 'rejected' : 'held';
    if (order.state === 'rejected') this.#sold -= order.quantity;
  }

  #report(): Answer {
    const held = this.#sold + (this.#faults.misreport ?? 0);
    const item = { sku: 'unit', capacity: this.#capacity, free: this.#capacity - held, held, confirmed: 0, withdrawn: 0 };
    const orders = { held: this.#orders.size };
    return { status: 200, body: { asOf: '2026-11-22T10:00:00.000Z', orders, items: [{ ...item, free: Math.max(0, item.free) }] } };
  }

  #audit(): Answer {
    const findings = this.#faults.dirtyAudit ? [{ kind: 'gate-differs' }] : [];
    return { status: 200, body: { ok: findings.length === 0, checked: {}, findings } };
  }
}
