import { asOperator } from './as-operator.ts';
import { putSale } from './put-sale.ts';
import type { Scenario } from './scenario.ts';
import type { System } from './system.ts';

/** Buyers begin to come so long before the opening. */
const earlyMs = 1000;

/** Puts the sale; where it has not opened yet, as often as its operators change their minds, until a little before it opens. */
export async function prepare(system: System, scenario: Scenario): Promise<void> {
  const { preparation } = scenario;
  if (!preparation) return putSale(system, scenario);
  const { timeline, nowMs: beganMs } = system.world;
  const { drafts, opensInMs, opensEarlyAtMs } = preparation;
  const [first, ...later] = drafts;
  await putSale(system, scenario, first);
  const at = (atMs: number) => timeline.sleep(Math.max(0, beganMs + atMs - timeline.nowMs));
  for (const draft of later) void at(draft.atMs).then(() => putSale(system, scenario, draft));
  if (opensEarlyAtMs !== undefined) void at(opensEarlyAtMs).then(() => asOperator(system, 'openSale', { body: {} }));
  await at(Math.min(opensInMs, opensEarlyAtMs ?? Infinity) - earlyMs);
}
