import { describe, expect, test } from '@jest/globals';
import { loadLimits } from '../../../load/limits.ts';
import { Settlement } from '../../../load/settlement.ts';

const order = (orderId: string, units: number[], heldAt = '2026-11-22T10:00:00.000Z') => ({
  orderId,
  state: 'held' as const,
  lines: [{ sku: 'unit', quantity: units.length, units }],
  heldAt,
});

describe('settlement', () => {
  test('two orders over one unit are found with the later one as example; the unit counts once', () => {
    const settlement = new Settlement({ stock: 3, quantity: 2 });
    settlement.settled(order('ord_a', [0, 1]));
    settlement.settled(order('ord_b', [1, 2]));
    const { findings, units } = settlement.seen();
    expect(findings['unit-twice']).toEqual({ count: 1, examples: ['ord_b unit 1'] });
    expect(units).toBe(3);
  });

  test.each([-1, 3])('unit %d of a stock of 3 is unknown', (unit) => {
    const settlement = new Settlement({ stock: 3, quantity: 1 });
    settlement.settled(order('ord_a', [unit]));
    expect(settlement.seen().findings['unit-unknown'].count).toBe(1);
  });

  test.each([[[0]], [[0, 1, 2]]])('a live order of quantity 2 that lists %j is found', (units) => {
    const settlement = new Settlement({ stock: 3, quantity: 2 });
    settlement.settled(order('ord_a', units));
    expect(settlement.seen().findings['unit-count'].count).toBe(1);
  });

  test('a closed order that still lists a unit is found, and the unit is not counted as sold', () => {
    const settlement = new Settlement({ stock: 3, quantity: 1 });
    settlement.settled({ ...order('ord_a', [0]), state: 'rejected', reason: 'sold-out' });
    const seen = settlement.seen();
    expect(seen.findings['unit-count'].count).toBe(1);
    expect(seen.units).toBe(0);
  });

  test('the span of holding is that of the earliest and the latest heldAt, in whatever order they are read', () => {
    const settlement = new Settlement({ stock: 3, quantity: 1 });
    settlement.settled(order('ord_a', [0], '2026-11-22T10:00:05.000Z'));
    settlement.settled(order('ord_b', [1], '2026-11-22T10:00:01.000Z'));
    settlement.settled(order('ord_c', [2], '2026-11-22T10:00:03.000Z'));
    const { heldFromMs = 0, heldToMs = 0 } = settlement.seen();
    expect(heldToMs - heldFromMs).toBe(4000);
  });

  test('examples stop at their bound, counts do not', () => {
    const settlement = new Settlement({ stock: 1, quantity: 1 });
    for (let index = 0; index < loadLimits.examples + 5; index++) settlement.found('vanished', `ord_${index}`);
    const { count, examples } = settlement.seen().findings.vanished;
    expect([count, examples.length]).toEqual([loadLimits.examples + 5, loadLimits.examples]);
  });
});
