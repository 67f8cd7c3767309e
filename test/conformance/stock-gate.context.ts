import { expect } from '@jest/globals';
import type { CommitRequest, Order } from '../../lambdas/domain/orders/order.ts';
import type { PendingOrder, ReserveOutcome, StockGate } from '../../lambdas/domain/stock/ports.ts';
import { imageOf, nowMs, requestOf, type Wanted } from './stock-gate-fixtures.ts';

export interface GateUnderTest {
  readonly gate: StockGate;
  /** Forgets everything, as a server does that lost its memory. */
  wipe(): Promise<void>;
  close(): Promise<void>;
}

type Lines = Wanted['lines'];

/** What the cases share: the gate, a sale of their own, and short words for what they do to it. */
export class GateContext {
  saleId = '';
  #under: GateUnderTest | undefined;
  #sales = 0;

  /** To be called before the first case. */
  use(under: GateUnderTest): void {
    this.#under = under;
  }

  /** To be called before each case: the next sale, which nobody knows yet. */
  nextSale(): void {
    this.#sales += 1;
    this.saleId = `sale-${this.#sales}`;
  }

  get gate(): StockGate {
    if (!this.#under) throw new Error('the gate is made before all cases');
    return this.#under.gate;
  }

  readonly wipe = async (): Promise<void> => {
    await this.#under?.wipe();
  };

  /** A gate for the sale, ready, with these capacities. */
  readonly open = async (capacities: Readonly<Record<string, number>>): Promise<void> => {
    expect(await this.gate.beginRebuild(this.saleId, 'opening', Object.keys(capacities), { remake: true, lanes: 1, gateVersion: 1 })).toBe(
      'started',
    );
    expect(await this.gate.publish({ saleId: this.saleId, gateVersion: 1 }, 'opening', 0, capacities)).toBe(true);
  };

  /** A new order's request. */
  readonly ask = (letter: string, lines: Lines, more: Partial<Wanted> = {}): CommitRequest =>
    requestOf({ saleId: this.saleId, letter, lines, ...more });

  /** Reserves, and expects to get the units. */
  readonly take = async (letter: string, lines: Lines, more: Partial<Wanted> = {}): Promise<CommitRequest> => {
    const outcome = await this.gate.reserve(this.ask(letter, lines, more));
    if (outcome.kind !== 'reserved') throw new Error(`expected units for ${letter}, got ${outcome.kind}`);
    return outcome.request;
  };

  /** What a reserve answers, in one word. */
  readonly kindOf = async (request: CommitRequest): Promise<ReserveOutcome['kind']> => (await this.gate.reserve(request)).kind;

  /** Unit → letter of its owner. */
  readonly owners = async (sku: string, fromUnit = 0): Promise<Record<number, string | undefined>> =>
    Object.fromEntries((await this.gate.owners(this.saleId, sku, fromUnit)).map(({ unit, orderId }) => [unit, orderId.at(-1)]));

  /** Live units of one customer by the gate's count. */
  readonly customerUnits = async (customerId: string): Promise<number | undefined> =>
    (await this.gate.customerUnits(this.saleId, [customerId]))[0];

  /** All pending orders, oldest first. */
  readonly pending = async (): Promise<PendingOrder[]> => {
    const found: PendingOrder[] = [];
    for await (const page of this.gate.pending(this.saleId)) found.push(...page);
    return found.toSorted((a, b) => a.acceptedAtMs - b.acceptedAtMs);
  };

  readonly available = async (...skus: string[]): Promise<Readonly<Record<string, number>>> =>
    (await this.gate.summary(this.saleId, skus)).available;

  /** The ledger's image of the order: held at version 1, but for the changes. */
  readonly apply = (request: CommitRequest, changes: Partial<Order> = {}): Promise<void> => this.gate.apply(imageOf(request, changes));

  readonly expire = (request: CommitRequest, version = 2): Promise<void> =>
    this.apply(request, { state: 'expired', version, closedAtMs: nowMs });
}
