import { beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import { problems } from '../../lambdas/contracts/problems.ts';
import { inParallel, item, lineOf } from '../support/api.ts';
import { describeSystem } from '../support/describe-system.ts';
import { type RawAnswer, sendRaw } from '../support/raw-http.ts';
import { operatorKey } from '../support/running-system.ts';
import { type HostileRequest, hostileRequest } from './hostile-requests.ts';

/** Requests sent; PENSTOCK_FUZZ_RUNS asks for more. */
const runs = Number(process.env['PENSTOCK_FUZZ_RUNS'] ?? 2000);
const seed = Number(process.env['PENSTOCK_FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const together = 20;
/** Some 100 a second are answered even where the machine is full. */
const allMs = 60_000 + runs * 25;
/** An answer later than this is a hang. An audit reads the whole sale, and what it finds it looks at again 2.5 s later. */
const answerMs = 5000;
const auditMs = 20_000;

/** What makes an answer wrong; undefined when nothing does. */
function faultOf({ brokenHttp }: HostileRequest, answer: RawAnswer | undefined): string | undefined {
  if (answer === undefined) return brokenHttp ? undefined : 'the connection was closed without an answer';
  const { status, headers, body } = answer;
  const type = headers.get('content-type') ?? '';
  // What only the load balancer may say: it has no request id.
  if (!headers.has('x-request-id')) return brokenHttp && status < 500 ? undefined : 'not answered by a function';
  if (status >= 200 && status < 400) return undefined;
  if (status >= 500) return `status ${status}`;
  if (type !== 'application/problem+json') return `content-type is ${type}`;
  if (body === '') return undefined;
  const problem = JSON.parse(body) as { code: string; status: number; requestId: string };
  const known = Object.hasOwn(problems, problem.code) ? problems[problem.code as keyof typeof problems].status : undefined;
  if (known !== status || problem.status !== status) return `code ${problem.code} with status ${status}`;
  return problem.requestId === headers.get('x-request-id') ? undefined : 'the request id differs';
}

/** A part of the system did not answer in time; an error of ours says something else. */
const isBusy = (answer: RawAnswer | undefined) => answer?.status === 503 && !answer.body.includes('went wrong on our side');

function show(request: HostileRequest, answer: RawAnswer | undefined): string {
  const sent = request.bytes.subarray(0, 1500).toString('latin1');
  return `${request.bytes.length} bytes:\n${sent}\n--- answered:\n${JSON.stringify(answer && { ...answer, headers: [...answer.headers], body: answer.body.slice(0, 1000) })}`;
}

describeSystem((api, system) => {
  let guest: string;
  /** What well-formed requests among them did, by the answers. */
  const orders = new Set<string>();
  const sales = new Set<string>();
  let askedAgain = 0;

  beforeAll(async () => {
    await api.sell('fuzz', { items: [item('unit', 2000)] });
    await api.sell('scratch', {});
    guest = String((await api.call('POST', '/v1/guests', { token: null })).body.token);
    const { body } = await api.order('fuzz', 'before', lineOf('before'));
    await api.settled(body.orderId);
  }, 30_000);

  async function send(request: HostileRequest): Promise<RawAnswer | undefined> {
    try {
      const withinMs = request.bytes.includes('/audit') ? auditMs : answerMs;
      return await sendRaw(Number(new URL(system.url).port), request.bytes, withinMs);
    } catch (error) {
      throw new Error(show(request, undefined), { cause: error });
    }
  }

  async function attack(request: HostileRequest): Promise<void> {
    const first = await send(request).catch((error: unknown) => error as Error);
    // A machine may be busy: what was late or 503 is asked again, and a second time is what the request does.
    const busy = first instanceof Error || isBusy(first);
    if (busy) {
      askedAgain += 1;
      await sleep(1000);
    }
    const answer = busy ? await send(request) : first;
    const fault = faultOf(request, answer);
    if (fault !== undefined) throw new Error(`${fault}\n${show(request, answer)}`);
    if (answer?.status === 202) note(orders, answer, 'orderId');
    if (answer?.status === 201 || answer?.status === 200) note(sales, answer, 'saleId');
  }

  function note(into: Set<string>, { body }: RawAnswer, member: string): void {
    if (!body.startsWith('{')) return;
    const id = (JSON.parse(body) as Record<string, unknown>)[member];
    if (typeof id === 'string') into.add(id);
  }

  /** What is sold in the sale that is watched, once so many orders are in the books, which may be 2 s behind, and none is on its way. */
  async function books(expected: number): Promise<{ orders: number; items: unknown; revenue: number }> {
    const endMs = performance.now() + 20_000;
    for (;;) {
      const { body } = await api.call('GET', '/v1/admin/sales/fuzz/report');
      const orders = Object.values(body.orders as Record<string, number>).reduce((sum, count) => sum + count, 0);
      if ((orders === expected && body.orders.accepted === 0) || performance.now() > endMs)
        return { orders, items: body.items, revenue: body.revenue };
      await sleep(200);
    }
  }

  async function saleIds(): Promise<string[]> {
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await api.call('GET', `/v1/sales?limit=100${cursor === undefined ? '' : `&cursor=${cursor}`}`);
      found.push(...body.items.map(({ saleId }: { saleId: string }) => saleId));
      cursor = body.nextCursor;
    } while (cursor !== undefined);
    return found.sort();
  }

  describe(`${runs} hostile requests (seed ${seed})`, () => {
    test(
      'get an answer of the contract within 5 s, never a 500, and change nothing',
      async () => {
        const saleBefore = (await api.call('GET', '/v1/admin/sales/fuzz')).body;
        const before = await books(1);
        expect(before.orders).toBe(1);
        const request = hostileRequest({ operator: operatorKey, guest });
        const batch = fc.array(request, { minLength: together, maxLength: together });
        const result = await fc.check(
          fc.asyncProperty(batch, async (requests) => {
            await inParallel(
              together,
              requests.map((one) => () => attack(one)),
            );
          }),
          // Not shrunk: the fault names the one request.
          { numRuns: Math.ceil(runs / together), seed, endOnFailure: true, interruptAfterTimeLimit: allMs, markInterruptAsFailure: true },
        );
        if (result.failed)
          throw new Error(`PENSTOCK_FUZZ_SEED=${seed}`, { cause: result.errorInstance ?? new Error(`not done within ${allMs} ms`) });

        expect((await api.call('GET', '/v1/admin/sales/fuzz')).body).toEqual(saleBefore);
        for (const saleId of await saleIds()) {
          expect(['fuzz', 'scratch', ...sales]).toContain(saleId);
          expect((await api.call('GET', `/v1/admin/sales/${saleId}/audit`)).body).toMatchObject({ ok: true, findings: [] });
        }
        let made = 0;
        for (const orderId of orders) if ((await api.settled(orderId)).body.saleId === 'fuzz') made += 1;
        const after = await books(1 + made);
        expect(after).toEqual(made === 0 ? before : { ...after, orders: 1 + made });
        process.stderr.write(
          `hostile requests: seed ${seed}; ${orders.size} orders and ${sales.size} sales were well-formed; ${askedAgain} asked again\n`,
        );
      },
      allMs + 60_000,
    );
  });
});
