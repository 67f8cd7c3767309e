import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { limits } from '../../lambdas/contracts/limits.ts';
import { assert } from '../../lambdas/domain/kernel/assert.ts';
import type { SeatedItem, SeatMaps } from '../../lambdas/domain/sales/ports.ts';
import { seatMapName } from '../../lambdas/domain/sales/seat-map.ts';
import { sampleSale } from './sale-catalog.suite.ts';

/** A store of seat maps to be put through the suite. */
export interface SeatMapsUnderTest {
  readonly maps: SeatMaps;
  close(): Promise<void>;
}

const rows = ['A1', 'A2', 'Loge Süd 3'];

function itemOf(
  sku: string,
  version: number,
  seats: readonly string[],
): SeatedItem & { name: string; unitPriceMinor: number; orderLimit: number } {
  return { sku, name: sku, unitPriceMinor: 1, orderLimit: 1, capacity: seats.length, seatMap: seatMapName(version, seats) };
}

/** What every store of seat maps does, seen through the port alone. */
export function seatMapsConformance(name: string, make: () => Promise<SeatMapsUnderTest>): void {
  describe(`seat maps on ${name}`, () => {
    // An engine shares its two cores with whatever else is being tested.
    jest.setTimeout(30_000);
    let underTest: SeatMapsUnderTest | undefined;
    beforeAll(async () => {
      underTest = await make();
    }, 60_000);
    afterAll(() => underTest?.close());
    const maps = (): SeatMaps => {
      assert(underTest, 'the store was made');
      return underTest.maps;
    };
    const newSaleId = () => `s-${randomUUID()}`;

    test('a map is read as it was written, in its order, and may be written again', async () => {
      const saleId = newSaleId();
      const item = itemOf('stalls', 1, rows);
      for (let time = 0; time < 2; time += 1) {
        await maps().write(saleId, item, rows);
        expect(await maps().read(saleId, item)).toEqual(rows);
      }
    });

    test.each([1, limits.seatsPerChunk, limits.seatsPerChunk + 1, 11 * limits.seatsPerChunk])(
      '%d seats are whole and in their order, whatever number of chunks they are',
      async (count) => {
        const saleId = newSaleId();
        const seats = Array.from({ length: count }, (_, index) => `R${index}`);
        const item = itemOf('stalls', 1, seats);
        await maps().write(saleId, item, seats);
        expect(await maps().read(saleId, item)).toEqual(seats);
      },
    );

    test(`a chunk of ${limits.seatsPerChunk} labels of ${limits.seatLabelChars} characters of three bytes is stored`, async () => {
      const saleId = newSaleId();
      const seats = Array.from({ length: limits.seatsPerPut }, (_, index) => String(index).padEnd(limits.seatLabelChars, '座'));
      const item = itemOf('stalls', 1, seats);
      await maps().write(saleId, item, seats);
      expect(await maps().read(saleId, item)).toEqual(seats);
    });

    test('a map that is not there, or not whole, is 503: nobody sells from half a house', async () => {
      const saleId = newSaleId();
      const item = itemOf('stalls', 1, rows);
      await expect(maps().read(saleId, item)).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'catalog' });
      await maps().write(saleId, item, rows.slice(1));
      await expect(maps().read(saleId, item)).rejects.toMatchObject({ name: 'UnavailableError', dependency: 'catalog' });
    });

    test('maps of other sales, items and versions are apart, also where one name begins like the other', async () => {
      const saleId = newSaleId();
      const wanted = [itemOf('box', 1, ['x']), itemOf('box-1', 1, ['y']), itemOf('box', 11, ['x']), itemOf('box', 2, ['z'])];
      const labels = [['x'], ['y'], ['x'], ['z']];
      for (const [index, item] of wanted.entries()) await maps().write(saleId, item, labels[index] ?? []);
      for (const [index, item] of wanted.entries()) expect(await maps().read(saleId, item)).toEqual(labels[index]);
      await expect(maps().read(newSaleId(), itemOf('box', 1, ['x']))).rejects.toThrow('0 of 1');
    });

    test('pruning at version 5 leaves what version 5 names and what a later one brings, and takes the rest, of every item', async () => {
      const saleId = newSaleId();
      const long = Array.from({ length: limits.seatsPerChunk + 1 }, (_, index) => `R${index}`);
      const named = [itemOf('stalls', 2, rows), itemOf('boxes', 5, long)];
      const coming = [itemOf('stalls', 6, ['new']), itemOf('balcony', 10, ['new'])];
      const left = [itemOf('stalls', 5, long), itemOf('boxes', 1, rows), itemOf('gone', 3, rows)];
      const labelsOf = (item: SeatedItem) =>
        [rows, long, ['new']].find((seats) => item.seatMap.endsWith(seatMapName(0, seats).slice(2))) ?? [];
      for (const item of [...named, ...coming, ...left]) await maps().write(saleId, item, labelsOf(item));
      for (let time = 0; time < 2; time += 1) {
        await maps().prune(sampleSale(saleId, { version: 5, items: named }));
        for (const item of [...named, ...coming]) expect(await maps().read(saleId, item)).toEqual(labelsOf(item));
        for (const item of left) await expect(maps().read(saleId, item)).rejects.toThrow(`0 of ${item.capacity}`);
      }
    });
  });
}
