import { setTimeout as sleep } from 'node:timers/promises';
import { operatorKey } from './running-system.ts';

/** An answer, its body parsed if it is JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  readonly body: any;
}

export interface CallOptions {
  readonly body?: unknown;
  /** Sent as it is, whatever it is. */
  readonly raw?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bearer token; null = none. @default the operator key */
  readonly token?: string | null;
}

/** A client of the HTTP contract, as plain as a caller's. */
export class Api {
  readonly #system: { readonly url: string };

  /** @param system Its URL is read at each call: a suite has its client before its system is started. */
  constructor(system: { readonly url: string }) {
    this.#system = system;
  }

  async call(method: string, path: string, { body, raw, headers = {}, token = operatorKey }: CallOptions = {}): Promise<Answer> {
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(this.#system.url + path, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(sent === undefined ? {} : { body: sent }),
    });
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: json && text !== '' ? JSON.parse(text) : text };
  }

  /** Orders for a customer as an operator. */
  order(saleId: string, key: string, body: unknown, options: Omit<CallOptions, 'body'> = {}): Promise<Answer> {
    return this.call('POST', `/v1/sales/${saleId}/orders`, { body, ...options, headers: { 'idempotency-key': key, ...options.headers } });
  }

  /** The order once it is no longer accepted; asks for at most 30 s. */
  async settled(orderId: string, token: string = operatorKey): Promise<Answer> {
    const endMs = performance.now() + 30_000;
    for (;;) {
      const answer = await this.call('GET', `/v1/orders/${orderId}`, { token, headers: { prefer: 'wait=5' } });
      if (answer.status !== 200 || answer.body.state !== 'accepted' || performance.now() > endMs) return answer;
    }
  }

  /** Puts a sale that is open for an hour, and awaits 201. */
  async sell(saleId: string, change: Record<string, unknown> = {}): Promise<Answer> {
    return this.call('PUT', `/v1/admin/sales/${saleId}`, { body: { ...saleBody(), ...change } });
  }
}

/** What the call answers once it is not 503 any more: somebody else may be making the gate. Asks for at most 60 s, each second. */
export async function patiently(ask: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await ask();
    if (answer.status !== 503 || attempt === 60) return answer;
    await sleep(1000);
  }
}

/** A sale of one item `unit`, 50 units, open now. */
export function saleBody(): Record<string, unknown> {
  const now = Date.now();
  return {
    name: 'A sale',
    opensAt: new Date(now - 1000).toISOString(),
    closesAt: new Date(now + 3_600_000).toISOString(),
    currency: 'EUR',
    holdSeconds: 600,
    customerLimit: 0,
    items: [item('unit', 50)],
  };
}

export function item(sku: string, capacity: number, orderLimit = 50): Record<string, unknown> {
  return { sku, name: `Item ${sku}`, unitPrice: 1500, capacity, orderLimit, seating: 'general' };
}

/** The body of an order of one line. */
export function lineOf(customerId: string, quantity = 1, sku = 'unit'): Record<string, unknown> {
  return { lines: [{ sku, quantity }], customerId };
}

/** Runs the jobs with at most `width` at once, in order of their start. */
export async function inParallel<T>(width: number, jobs: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  const next = jobs.entries();
  const lane = async () => {
    for (const [index, job] of next) results[index] = await job();
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}
