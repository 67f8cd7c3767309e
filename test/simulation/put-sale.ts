import { asOperator } from './as-operator.ts';
import { type Draft, saleId, type Scenario, startMs } from './scenario.ts';
import type { System } from './system.ts';

/** Long after every run. */
const closesAt = new Date(startMs + 6 * 3_600_000).toISOString();

/** Once a second: each makes the gate, some fifty calls of which all must succeed. */
const putAttempts = 3600;

/** Puts the sale until it is there, or until a draft comes too late. It closes after the run. Throws where it cannot be put. */
export async function putSale(system: System, scenario: Scenario, draft?: Draft): Promise<void> {
  for (let attempt = 0; attempt < putAttempts; attempt += 1) {
    const answer = await asOperator(system, 'putSale', { body: bodyOf(system, scenario, draft) });
    if (answer !== 'no answer' && answer.status < 300) return;
    const isConflict = answer !== 'no answer' && answer.status === 409;
    if (isConflict && draft) return;
    // 409 without a draft: units were added meanwhile, which a put does not take away.
    if (answer !== 'no answer' && answer.status !== 503 && !isConflict)
      throw new Error(`the sale of the scenario was refused: ${JSON.stringify(answer.body)}`);
    await system.world.timeline.sleep(1000);
  }
  throw new Error(`the sale of the scenario was not put by ${putAttempts} calls`);
}

/** As the draft has it, else as the sale was left, with all that the scenario has of it. */
function bodyOf({ backing }: System, scenario: Scenario, draft: Draft | undefined): object {
  const { preparation, lanes, holdSeconds, customerLimit, items } = scenario;
  const stored = draft ? undefined : backing.catalog.stored.get(saleId);
  const opensAtMs = startMs + (preparation?.opensInMs ?? -60_000);
  return {
    name: 'Drop',
    opensAt: new Date(stored?.opensAtMs ?? opensAtMs).toISOString(),
    closesAt,
    currency: 'EUR',
    holdSeconds,
    customerLimit,
    lanes: draft?.lanes ?? stored?.lanes ?? lanes,
    waitingRoom: { enabled: false },
    items: items.map(({ sku, capacity, orderLimit, seats }) => {
      const known = stored?.items.find((item) => item.sku === sku)?.capacity ?? 0;
      const units = draft ? Math.max(1, capacity - draft.lessUnits) : Math.max(capacity, known);
      return {
        sku,
        name: sku,
        unitPrice: 4999,
        orderLimit,
        capacity: units,
        ...(seats ? { seating: 'assigned', seats: seats.slice(0, units) } : { seating: 'general' }),
      };
    }),
  };
}
