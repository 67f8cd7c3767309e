import { limits } from '../../contracts/limits.ts';
import { assert } from '../../domain/kernel/assert.ts';
import { CorruptionError } from '../../domain/kernel/faults.ts';
import type { RedisConnection } from './connection.ts';
import { GateLane } from './gate-lane.ts';
import { saleKeys } from './keys.ts';
import { homeLaneOf, laneOfUnit } from './lanes.ts';

/** The lanes of one sale, at least one. */
export class SaleLanes {
  readonly all: readonly GateLane[];
  /** What concerns the sale as a whole; with one lane, that lane. */
  readonly whole: GateLane;

  constructor(connection: RedisConnection, random: () => number, { saleId, lanes }: { readonly saleId: string; readonly lanes: number }) {
    this.whole = new GateLane(connection, random, { saleId, lane: 0, lanes: 1 });
    this.all =
      lanes === 1 ? [this.whole] : Array.from({ length: lanes }, (_, lane) => new GateLane(connection, random, { saleId, lane, lanes }));
  }

  /** An order's home lane, and the others in the order in which they are asked. */
  of(orderId: string): { readonly home: GateLane; readonly others: readonly GateLane[] } {
    const at = homeLaneOf(orderId, this.all.length);
    return { home: this.#at(at), others: [...this.all.slice(at + 1), ...this.all.slice(0, at)] };
  }

  home(orderId: string): GateLane {
    return this.#at(homeLaneOf(orderId, this.all.length));
  }

  ofUnit(unit: number): GateLane {
    return this.#at(laneOfUnit(unit, this.all.length));
  }

  #at(lane: number): GateLane {
    const found = this.all[lane];
    assert(found, `lane ${lane} of ${this.all.length}`);
    return found;
  }
}

/** Knows how many lanes each sale has. The gate itself says so, once an environment and sale: limits.gateSales are remembered. */
export class LaneRegister {
  /** A call under way counts as known: those who come meanwhile wait for it. */
  readonly #known = new Map<string, Promise<SaleLanes>>();
  readonly #connection: RedisConnection;
  readonly #random: () => number;

  constructor(connection: RedisConnection, random: () => number) {
    this.#connection = connection;
    this.#random = random;
  }

  /** Where there is no gate, one lane, which says so itself. */
  of(saleId: string): Promise<SaleLanes> {
    const known = this.#known.get(saleId);
    if (known) return known;
    if (this.#known.size >= limits.gateSales) this.#known.clear();
    const asked = this.#ask(saleId);
    this.#known.set(saleId, asked);
    return asked;
  }

  /** For what is asked seldom: lanes of an older cut, which a failover may bring back, must not answer. */
  asked(saleId: string): Promise<SaleLanes> {
    this.forget(saleId);
    return this.of(saleId);
  }

  /** The lanes of a sale that is to have so many. */
  make(saleId: string, lanes: number): SaleLanes {
    return new SaleLanes(this.#connection, this.#random, { saleId, lanes });
  }

  /** After an answer that says there is no such gate: a sale that never opened may be cut anew. */
  forget(saleId: string): void {
    this.#known.delete(saleId);
  }

  /** How many lanes the gate itself says it has, asked anew; undefined where there is no gate. */
  async cutOf(saleId: string): Promise<number | undefined> {
    const lanes = await this.#connection.call('lanes', limits.gateCallMs, (client) => client.hget(saleKeys(saleId).meta, 'lanes'));
    return lanes === null ? undefined : lanesOf(lanes);
  }

  async #ask(saleId: string): Promise<SaleLanes> {
    let cut: number | undefined;
    try {
      cut = await this.cutOf(saleId);
    } finally {
      if (cut === undefined) this.forget(saleId);
    }
    return this.make(saleId, cut ?? 1);
  }
}

function lanesOf(text: string): number {
  const lanes = Number(text);
  if (Number.isInteger(lanes) && lanes >= 1 && lanes <= limits.lanesPerSale) return lanes;
  throw new CorruptionError(`the gate of a sale says that it has ${text.slice(0, 20)} lanes`);
}
