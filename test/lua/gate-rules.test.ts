import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Redis } from 'ioredis';
import type { CommitRequest, Order, OrderState } from '../../lambdas/domain/orders/order.ts';
import type { Claim } from '../../lambdas/domain/orders/ports.ts';
import { connectRedis } from '../../lambdas/stores/redis/connect.ts';
import type { RedisConnection } from '../../lambdas/stores/redis/connection.ts';
import { saleKeys } from '../../lambdas/stores/redis/keys.ts';
import { RedisStockGate } from '../../lambdas/stores/redis/redis-stock-gate.ts';
import { claimOf, idOf, imageOf, linesWith, nowMs, requestOf } from '../conformance/stock-gate-fixtures.ts';
import { onEachRedis } from '../support/each-redis.ts';
import type { RedisServer } from '../support/redis-server.ts';
import { GateModel, namesOf } from './gate-model.ts';
import { watchKeys } from './key-watch.ts';
import { expectedOf, readStored, withCounts } from './stored-gate.ts';

const skus = ['a', 'b'] as const;
const capacities = { a: 11, b: 3 };
const seed = 20_261_122;
const runs = 200;
const stepsPerRun = 40;

/** What one step does: to the gate under test and to the model, which must agree. */
type Step = (gate: RedisStockGate, model: GateModel, saleId: string, redis: Redis) => Promise<void>;

const letter = fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F');
const sku = fc.constantFrom(...skus);
/** Within the capacity, and just beyond it: the ledger may know a capacity that the gate was not told yet. */
const unit = fc.integer({ min: 0, max: 12 });
const version = fc.integer({ min: 1, max: 4 });
/** What an order asks for: quantities, and seats of b. */
interface Body {
  readonly a: number;
  readonly b?: number;
  readonly seats?: readonly number[];
}
/** Several bodies under one key: of other skus, of other quantities, of other seats. */
const body: fc.Arbitrary<Body> = fc.oneof(
  fc.constantFrom({ a: 2 }, { a: 1, b: 1 }),
  fc.record({ a: fc.constant(1), seats: fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 2 }) }),
);
const customers: Readonly<Record<string, string>> = { A: 'one', B: 'one', C: 'one', D: 'two', E: 'two', F: '' };
const units = fc.record({ a: fc.uniqueArray(unit, { maxLength: 3 }), b: fc.uniqueArray(unit, { maxLength: 2 }) });
const token = fc.constantFrom('opening', 'second');
const gateVersion = fc.constantFrom(1, 1, 1, 1, 2);
const claim = fc.record({ sku, unit, letter, version, endless: fc.boolean() }).map((of): Claim => {
  const { holdExpiresAtMs, ...rest } = claimOf(of.sku, of.unit, of.letter, { version: of.version, customerId: customers[of.letter] ?? '' });
  return of.endless || holdExpiresAtMs === undefined ? rest : { ...rest, holdExpiresAtMs };
});
const states = fc.constantFrom<OrderState>('held', 'confirmed', 'expired', 'cancelled', 'rejected', 'withdrawn');

/** A counterexample reads as a list of calls. */
function shown(name: string, of: unknown, act: Step): Step {
  return Object.assign(act, { [fc.toStringMethod]: () => `${name} ${JSON.stringify(of)}` });
}

function wanted(saleId: string, of: string, { seats, ...lines }: Body, customerLimit = 0, gateVersion = 1): CommitRequest {
  const fingerprint = `fingerprint ${of} ${JSON.stringify({ ...lines, seats })}`;
  const asked = { lines: { ...lines }, ...(seats === undefined ? {} : { seats: { b: seats } }) };
  return { ...requestOf({ saleId, letter: of, ...asked, customerId: customers[of] ?? '', customerLimit, fingerprint }), gateVersion };
}

const reserve = fc.record({ letter, body, limit: fc.integer({ min: 0, max: 4 }), knownOnly: fc.boolean(), gateVersion }).map((of): Step =>
  shown('reserve', of, async (gate, model, saleId) => {
    const request = wanted(saleId, of.letter, of.body, of.limit, of.gateVersion);
    expect(await gate.reserve(request, { knownOnly: of.knownOnly })).toEqual(model.reserve(request, of.knownOnly));
  }),
);

const apply = fc.record({ letter, body, version, state: states, units }).map((of): Step =>
  shown('apply', of, async (gate, model, saleId) => {
    const { order } = wanted(saleId, of.letter, of.body);
    const image: Order = imageOf(
      { order: { ...order, lines: linesWith(order.lines, of.units) }, customerLimit: 0, holdSeconds: 1, gateVersion: 1 },
      of,
    );
    const { orderId, state } = image;
    const clean: Order = { ...order, lines: image.lines, orderId, state, version: of.version, holdExpiresAtMs: nowMs + of.version };
    await gate.apply(clean);
    model.apply(clean);
  }),
);

/** What the ledger would say after a commit: the units that the gate gave, at the first version. */
const commit = fc.record({ letter, state: states, version }).map((of): Step =>
  shown('commit', of, async (gate, model) => {
    const known = model.entries.get(idOf(of.letter))?.known;
    const order = known && 'order' in known ? known.order : known;
    if (!order) return;
    const image: Order = { ...order, state: of.state, version: of.version, holdExpiresAtMs: nowMs + of.version };
    await gate.apply(image);
    model.apply(image);
  }),
);

const mark = fc.array(claim, { minLength: 1, maxLength: 3 }).map((claims): Step =>
  shown('mark', claims, async (gate, model, saleId) => {
    await gate.mark(saleId, claims);
    model.mark(claims);
  }),
);

const draw = fc
  .record({ letter, body, units, collided: fc.array(claim, { maxLength: 2 }), ownFirst: fc.boolean(), gateVersion })
  .map((of): Step =>
    shown('draw', of, async (gate, model, saleId) => {
      const { order, ...rest } = wanted(saleId, of.letter, of.body, 0, of.gateVersion);
      const general = linesWith(order.lines, of.units);
      const message = { ...rest, order: { ...order, lines: order.lines.map((line, n) => (line.seats ? line : (general[n] ?? line))) } };
      const entryUnits = model.entries.get(order.orderId)?.units.get('a') ?? [];
      const aimed = of.ownFirst && entryUnits[0] !== undefined ? [claimOf('a', entryUnits[0], of.letter === 'A' ? 'B' : 'A')] : [];
      const collided = [...aimed, ...of.collided].filter(
        ({ orderId, sku: name }) => orderId !== order.orderId && order.lines.some((line) => line.sku === name),
      );
      const outcome = await gate.draw(message, collided);
      const before = model.beforeDraw(message, collided);
      if (typeof before === 'string') {
        expect(outcome).toEqual({ kind: before });
        return;
      }
      if (outcome.kind !== 'drawn') throw new Error(`expected units, got ${outcome.kind}`);
      for (const line of outcome.request.order.lines) {
        const kept = before.kept.get(line.sku) ?? [];
        expect(line.units.slice(0, kept.length)).toEqual(kept);
        const fresh = line.units.slice(kept.length);
        expect(fresh).toHaveLength(before.short.get(line.sku) ?? 0);
        const open = model.clearUnits(line.sku).filter((one) => !kept.includes(one));
        expect(fresh.filter((one) => !open.includes(one))).toEqual([]);
      }
      model.drawn(outcome.request);
    }),
  );

const lateMs = fc.integer({ min: 0, max: 60_000 });
const expiry = { letter, body, version, from: unit, limit: fc.integer({ min: 0, max: 4 }), afterMs: lateMs };

/** An order whose hold ran out, with the units it had. */
function expired(
  saleId: string,
  of: { letter: string; body: Parameters<typeof wanted>[2]; version: number; from: number; limit: number },
): Order {
  const { order } = wanted(saleId, of.letter, of.body);
  const lines = order.lines.map((line) => ({ ...line, units: Array.from({ length: line.quantity }, (_, n) => of.from + n) }));
  return { ...order, lines, state: 'expired', version: of.version, closedAtMs: nowMs, customerLimit: of.limit };
}

const retake = fc.record(expiry).map((of): Step =>
  shown('retake', of, async (gate, model, saleId) => {
    const order = expired(saleId, of);
    expect(await gate.retake(order, nowMs + of.afterMs)).toBe(model.retake(order, nowMs + of.afterMs));
  }),
);

const endRetake = fc.record({ ...expiry, retaken: fc.boolean() }).map((of): Step =>
  shown('endRetake', of, async (gate, model, saleId) => {
    const found = [...model.entries.values()].find((entry) => entry.retakenAtMs !== undefined)?.known;
    const order = of.retaken && found && !('order' in found) ? found : expired(saleId, of);
    const ms = nowMs + 2 * of.afterMs;
    expect(await gate.endRetake(order, ms)).toBe(model.endRetake(order, ms));
  }),
);

const free = fc
  .record({ sku, unit, letter, version: fc.integer({ min: 0, max: 4 }), afterMs: fc.integer({ min: 0, max: 60_000 }), owned: fc.boolean() })
  .map((of): Step =>
    shown('free', of, async (gate, model, saleId) => {
      const owned = [...model.own].find(([name]) => name.startsWith(`${of.sku}:`));
      const [at, id] = of.owned && owned ? [Number(owned[0].split(':')[1]), owned[1]] : [of.unit, idOf(of.letter)];
      const ms = nowMs + of.afterMs;
      expect(await gate.free(saleId, of.sku, at, id, of.version, ms)).toBe(model.free(of.sku, at, id, of.version, ms));
    }),
  );

const grow = fc.record({ sku, to: fc.integer({ min: 1, max: 14 }), gateVersion }).map((of): Step =>
  shown('grow', of, async (gate, model, saleId) => {
    await gate.setCapacity({ ...of, saleId }, of.sku, of.to);
    model.setCapacity(of.sku, of.to, of.gateVersion);
  }),
);

const begin = fc.record({ token, remake: fc.boolean(), lockGone: fc.boolean(), gateVersion }).map((of): Step =>
  shown('begin', of, async (gate, model, saleId, redis) => {
    if (of.lockGone) {
      await redis.del(saleKeys(saleId).lock);
      model.lock = undefined;
    }
    expect(await gate.beginRebuild(saleId, of.token, skus, { ...of, lanes: 1 })).toBe(
      model.beginRebuild(of.token, of.remake, of.gateVersion),
    );
  }),
);

const load = fc.record({ token, sku, claims: fc.array(claim, { maxLength: 4 }) }).map((of): Step =>
  shown('load', of, async (gate, model, saleId) => {
    const claims = of.claims.filter((one) => one.sku === of.sku);
    expect(await gate.load(saleId, of.token, of.sku, claims)).toBe(model.load(of.token, claims));
  }),
);

const publish = fc.record({ token, all: fc.boolean(), gateVersion }).map((of): Step =>
  shown('publish', of, async (gate, model, saleId) => {
    const chunks = of.all ? model.chunks : model.chunks + 1;
    expect(await gate.renew(saleId, of.token)).toBe(model.renew(of.token));
    expect(await gate.publish({ ...of, saleId }, of.token, chunks, capacities)).toBe(
      model.publish(of.token, chunks, of.gateVersion, capacities),
    );
  }),
);

const step = fc.oneof(
  { weight: 12, arbitrary: reserve },
  { weight: 6, arbitrary: apply },
  { weight: 6, arbitrary: commit },
  { weight: 4, arbitrary: mark },
  { weight: 6, arbitrary: draw },
  { weight: 4, arbitrary: retake },
  { weight: 3, arbitrary: endRetake },
  { weight: 5, arbitrary: free },
  { weight: 1, arbitrary: grow },
  { weight: 1, arbitrary: begin },
  { weight: 3, arbitrary: load },
  { weight: 3, arbitrary: publish },
);

onEachRedis((kind) => {
  let server: RedisServer;
  let connection: RedisConnection;
  let redis: Redis;
  let gate: RedisStockGate;
  let sales = 0;

  beforeAll(async () => {
    server = await kind.start({ cluster: false });
    connection = await connectRedis(server);
    redis = new Redis({ host: server.host, port: server.port, protocol: 2 });
    gate = new RedisStockGate(connection);
  }, 30_000);
  afterAll(async () => {
    connection.close();
    redis.disconnect();
    await server.stop();
  });

  /** Runs the steps on a fresh sale; after each one Redis must hold just what the model says, and hold together. */
  async function run(steps: readonly Step[]): Promise<void> {
    sales += 1;
    const saleId = `sale-${sales}`;
    const model = new GateModel();
    expect(await gate.beginRebuild(saleId, 'opening', skus, { remake: true, lanes: 1, gateVersion: 1 })).toBe(
      model.beginRebuild('opening', true, 1),
    );
    expect(await gate.publish({ saleId, gateVersion: 1 }, 'opening', 0, capacities)).toBe(model.publish('opening', 0, 1, capacities));
    for (const one of steps) {
      await one(gate, model, saleId, redis);
      const stored = withCounts(await readStored(redis, saleId, skus), skus);
      expect(stored).toEqual(expectedOf(model, skus));
      holdsTogether(stored);
    }
  }

  test(`${runs} random histories of up to ${stepsPerRun} calls leave what the rules say, and touch declared keys only`, async () => {
    // The embedded engine itself refuses keys that were not declared: a trespass would be an error of a step.
    const endWatch = kind.name === 'redis-server' ? await watchKeys(redis) : undefined;
    const property = fc.asyncProperty(fc.array(step, { maxLength: stepsPerRun, size: 'max' }), run);
    const result = await fc.check(property, { seed, numRuns: runs, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true });
    const watched = await endWatch?.();
    expect(fc.defaultReportMessage(result)).toBeUndefined();
    if (watched === undefined) return;
    expect([...watched.trespasses]).toEqual([]);
    expect(watched.runs).toBeGreaterThan(runs * stepsPerRun);
    expect([...watched.commands]).toEqual(
      expect.arrayContaining(['setbit', 'setrange', 'getrange', 'bitpos', 'hincrby', 'zadd', 'unlink']),
    );
  }, 180_000);
});

/** Invariants that need no model: they hold of any gate. */
function holdsTogether({ meta, ent, pend, due, cust, own, bits }: Awaited<ReturnType<typeof readStored>>): void {
  const counts: Record<string, number> = {};
  for (const [id, [doubled, live, , retakenAt = '', customerId = '', counted = '', text = '']] of Object.entries(ent)) {
    expect(doubled === '0' ? live : '1').toBe('1');
    expect(id in pend).toBe(doubled === '0');
    // Not live, its units were retaken and the ledger has not said.
    if (id in due) expect(live === '1' || retakenAt !== '').toBe(true);
    const listed = text === '' ? 0 : text.split(/[;,]/).length;
    if (live === '1') expect(counted).toBe(`${listed}`);
    else expect(text).toBe('');
    if (live === '0' && retakenAt === '') expect(counted).toBe('0');
    if (customerId !== '' && counted !== '0') counts[customerId] = (counts[customerId] ?? 0) + Number(counted);
  }
  expect(cust).toEqual(Object.fromEntries(Object.entries(counts).map(([id, units]) => [id, `${units}`])));
  for (const name of skus) {
    expect(namesOf(new Map([[name, bits[name] ?? []]]))).toEqual(Object.keys(own).filter((unitName) => unitName.startsWith(`${name}:`)));
    expect(meta[`set:${name}`]).toBe(`${bits[name]?.length}`);
  }
}
