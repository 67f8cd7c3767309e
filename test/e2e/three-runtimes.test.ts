import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startDynoxide, type TableEngine } from '../../local/engines/start-dynoxide.ts';
import { type Answer, Api, inParallel, item, lineOf } from '../support/api.ts';
import type { Engine } from '../support/engine-process.ts';
import { startFauxqs } from '../support/fauxqs.ts';
import { available, type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { type Runtime, startRuntime } from '../support/running-system.ts';
import { describeWith } from '../support/skip.ts';

/** `PENSTOCK_ROUNDS=100` plays as many; a round takes 1 s on 2 cores, so every run of the tests plays fewer. */
const rounds = Number(process.env['PENSTOCK_ROUNDS'] ?? '20');
const stock = 10;
const buyers = 200;
const atOnce = 60;
const names = ['first', 'second', 'third'] as const;
const startMs = 120_000;
const roundMs = 30_000;

/** Three processes of `npm start`, each with its own functions and pollers, on one Redis, one DynamoDB engine and one SQS engine. */
class ThreeRuntimes {
  readonly #dir = mkdtempSync(path.join(os.tmpdir(), 'penstock-test-'));
  #redis: RedisServer | undefined;
  #tables: TableEngine | undefined;
  #queues: Engine | undefined;
  readonly #runtimes: Runtime[] = [];

  async start(): Promise<void> {
    this.#redis = await startRedisServer({ cluster: true });
    this.#tables = await startDynoxide(this.#dir, false);
    this.#queues = await startFauxqs();
    const engines = {
      REDIS_URL: `redis://${this.#redis.host}:${this.#redis.port}`,
      DYNAMODB_URL: this.#tables.endpoint,
      SQS_URL: this.#queues.endpoint,
    };
    for (const name of names) {
      const data = path.join(this.#dir, name);
      mkdirSync(data);
      // One deployment has one set of secrets: the first makes it.
      if (name !== names[0]) copyFileSync(path.join(this.#dir, names[0], 'secrets.json'), path.join(data, 'secrets.json'));
      this.#runtimes.push(await startRuntime({ ...engines, PENSTOCK_DATA_DIR: data }));
    }
  }

  /** The runtime that request number `n` goes to: one after the other. */
  api(n: number): Api {
    const runtime = this.#runtimes[n % this.#runtimes.length];
    if (runtime === undefined) throw new Error('the runtimes have not been started');
    return new Api(runtime);
  }

  /** Messages that the commit workers of each runtime have worked on. */
  committed(): number[] {
    return names.map((name) => {
      const batches = readFileSync(path.join(this.#dir, name, 'functions.log'), 'utf8').matchAll(
        /"function":"commit".*"message":"batch".*"records":(\d+)/g,
      );
      return [...batches].reduce((sum, [, records]) => sum + Number(records), 0);
    });
  }

  /** Resolves to the exit codes of the runtimes. */
  async stop(): Promise<(number | null)[]> {
    const codes = await Promise.all(this.#runtimes.map((runtime) => runtime.stop()));
    await Promise.all([this.#queues?.stop(), this.#tables?.stop(), this.#redis?.stop()]);
    rmSync(this.#dir, { recursive: true });
    return codes;
  }
}

describeWith('redis-server', available(), () => {
  const three = new ThreeRuntimes();
  beforeAll(() => three.start(), startMs);
  afterAll(async () => {
    expect(await three.stop()).toEqual([0, 0, 0]);
  }, startMs);

  /** Every third buyer sends its order to two runtimes at once. */
  async function buy(saleId: string, buyer: number): Promise<Answer[]> {
    const order = (runtime: number) => three.api(runtime).order(saleId, `key-${buyer}`, lineOf(`buyer-${buyer}`));
    return buyer % 3 === 0 ? Promise.all([order(buyer), order(buyer + 1)]) : [await order(buyer)];
  }

  async function playRound(round: number): Promise<void> {
    const saleId = `round-${round}`;
    expect((await three.api(round).sell(saleId, { items: [item('unit', stock)] })).status).toBe(201);
    const answers = await inParallel(
      atOnce,
      Array.from({ length: buyers }, (_, buyer) => () => buy(saleId, buyer)),
    );

    const refusals = answers.flat().filter(({ status }) => status !== 202);
    for (const { status, headers, body } of refusals) {
      expect([status, headers.get('content-type'), body.code, body.available]).toEqual([
        409,
        'application/problem+json',
        'sold-out',
        { unit: 0 },
      ]);
    }
    const ids = answers.map((sent) => new Set(sent.filter(({ status }) => status === 202).map(({ body }) => String(body.orderId))));
    expect(ids.filter(({ size }) => size > 1)).toEqual([]);
    const accepted = ids.flatMap((own) => [...own]);
    expect(accepted).toHaveLength(stock);

    // Asked of all three in turn, whichever took the order and whichever committed it.
    const orders = await inParallel(
      stock,
      accepted.map((orderId, index) => () => three.api(index).settled(orderId)),
    );
    expect(orders.map(({ body }) => body.state)).toEqual(accepted.map(() => 'held'));
    const units = orders.flatMap(({ body }) => body.lines[0].units as number[]).toSorted((a, b) => a - b);
    expect(units).toEqual(Array.from({ length: stock }, (_, unit) => unit));

    const audit = await three.api(round + 1).call('GET', `/v1/admin/sales/${saleId}/audit`);
    expect(audit.body).toMatchObject({ ok: true, findings: [], checked: { orders: stock, claims: stock, units: stock } });
  }

  test(
    `three runtimes on the same engines, 10 units and 200 buyers, ${rounds} times: exactly 10 orders each time, every refusal sold-out, books clean`,
    async () => {
      const startedMs = performance.now();
      for (let round = 0; round < rounds; round += 1) await playRound(round);
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
      process.stderr.write(`three runtimes: ${rounds} rounds in ${seconds} s, orders worked on: ${three.committed().join(', ')}\n`);
      expect(Math.min(...three.committed())).toBeGreaterThan(0);
    },
    rounds * roundMs,
  );
});
