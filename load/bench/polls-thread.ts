import assert from 'node:assert/strict';
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { runArrivals } from '../arrivals.ts';
import { systemClock as clock } from '../clock.ts';
import { Latencies } from '../latency.ts';
import { evaluate, type FunctionAnswer, httpEvent } from './functions.ts';
import type { PollsInput, PollsSeen } from './polls.ts';

/** Polls orders through their function from each message until the next, then tells what was seen. Its first word: it is warm. */
const { bundle, orderIds, perSecond } = workerData as PollsInput;
/** More are underway only where nothing is answered any more. */
const underwayMax = 10_000;
const context = { getRemainingTimeInMillis: () => 30_000 };
const { reads } = evaluate({ reads: bundle }, {});
const port = parentPort;
assert(port, 'a thread of the bench');

async function poll(index: number): Promise<number> {
  const event = httpEvent('GET', `/v1/orders/${orderIds[index % orderIds.length]}`);
  return ((await reads(event, context)) as FunctionAnswer).statusCode;
}

async function pollUntil(stop: AbortSignal): Promise<PollsSeen> {
  const latencies = new Latencies();
  const underway = new Set<Promise<void>>();
  let others = 0;
  const launch = (index: number, intendedMs: number): void => {
    const one = poll(index).then((status) => {
      latencies.record(clock.nowMs() - intendedMs);
      if (status !== 200) others++;
    });
    const settled = one.finally(() => underway.delete(settled));
    underway.add(settled);
  };
  const room = (): number => underwayMax - underway.size;
  const { worstLagMs } = await runArrivals({ count: Infinity, ratePerSecond: perSecond, clock, launch, room, stop });
  await Promise.all(underway);
  const { p50Ms, p99Ms } = latencies.summary();
  return { others, p50Ms, p99Ms, worstLagMs };
}

for (const index of orderIds.keys()) assert.equal(await poll(index), 200, `order ${orderIds[index]} is found`);
port.postMessage('warm');
for (;;) {
  await once(port, 'message');
  const stop = new AbortController();
  const stopped = once(port, 'message').then(() => stop.abort());
  const seen = await pollUntil(stop.signal);
  await stopped;
  port.postMessage(seen);
}
