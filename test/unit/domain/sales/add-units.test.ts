import { describe, expect, test } from '@jest/globals';
import { UnavailableError } from '../../../../lambdas/domain/kernel/faults.ts';
import type { StockOperation } from '../../../../lambdas/domain/sales/stock-operation.ts';
import { addUnits } from '../../../../lambdas/domain/sales/add-units.ts';
import { itemOf, saleOf } from '../../../support/builders.ts';
import { InMemoryCatalog } from '../../../support/fakes-catalog.ts';
import { done, gateOf, scriptedGate } from '../../../support/fakes-gate.ts';

const operation: StockOperation = { saleId: 'drop', idempotencyKey: 'k1', kind: 'add', sku: 'shirt', units: 5 };

describe('adding units', () => {
  test('ledger first, then the gate by the capacity that the ledger has', async () => {
    const catalog = new InMemoryCatalog(saleOf());
    const order: string[] = [];
    const gate = scriptedGate({
      setCapacity: () => {
        order.push(...catalog.effects);
        return done();
      },
    });
    expect(await addUnits({ catalog, gate: gate.gate }, operation)).toMatchObject({ kind: 'added', replayed: false });
    expect(gate.argsOf('setCapacity')).toEqual([[gateOf(), 'shirt', 15]]);
    expect(order).toEqual(['read drop', 'write v2']);
  });

  test('that died before the gate was told adds nothing when repeated, and tells it', async () => {
    const catalog = new InMemoryCatalog(saleOf());
    const away = scriptedGate({ setCapacity: () => Promise.reject(new UnavailableError('gate', 'away')) });
    await expect(addUnits({ catalog, gate: away.gate }, operation)).rejects.toThrow(UnavailableError);
    const gate = scriptedGate({ setCapacity: done });
    expect(await addUnits({ catalog, gate: gate.gate }, operation)).toMatchObject({ kind: 'added', replayed: true });
    expect(gate.argsOf('setCapacity')).toEqual([[gateOf(), 'shirt', 15]]);
    expect(catalog.stored.get('drop')?.items).toEqual([itemOf({ capacity: 15 })]);
  });

  test('what is refused leaves the gate alone', async () => {
    const gate = scriptedGate();
    expect(await addUnits({ catalog: new InMemoryCatalog(), gate: gate.gate }, operation)).toEqual({ kind: 'sale-not-found' });
    expect(gate.calls).toEqual([]);
  });
});
