import { describe, expect, test } from '@jest/globals';
import { mergePages } from '../../../lambdas/stores/dynamodb/merge-pages.ts';
import { range } from '../../conformance/order-ledger.samples.ts';

/** A source that notes when it is opened and ended. */
function source(pages: readonly number[], open: Set<number>, seen: number[], id: number): AsyncGenerator<number> {
  return (async function* () {
    open.add(id);
    seen.push(open.size);
    for (const page of pages) {
      await Promise.resolve();
      yield page;
    }
    open.delete(id);
  })();
}

describe('merge pages', () => {
  test('all pages of 20 sources come once, with at most 8 sources open', async () => {
    const open = new Set<number>();
    const seen: number[] = [];
    const sources = range(20).map((id) => source([id * 10, id * 10 + 1, id * 10 + 2], open, seen, id));
    const pages: number[] = [];
    for await (const page of mergePages(sources, 8)) pages.push(page);
    expect(pages.toSorted((a, b) => a - b)).toEqual(range(20).flatMap((id) => [id * 10, id * 10 + 1, id * 10 + 2]));
    expect(Math.max(...seen)).toBe(8);
    expect(open.size).toBe(0);
  });

  test('the fault of one source ends the whole, after those under way have ended', async () => {
    const ended: string[] = [];
    async function* slow() {
      await new Promise((resolve) => setImmediate(resolve));
      ended.push('slow');
      yield 1;
    }
    // oxlint-disable-next-line require-yield -- it fails before its first page
    async function* failing(): AsyncGenerator<number> {
      await Promise.resolve();
      throw new Error('shard away');
    }
    const read = async () => {
      for await (const page of mergePages([slow(), failing()], 2)) expect(page).toBe(1);
    };
    await expect(read()).rejects.toThrow('shard away');
    expect(ended).toEqual(['slow']);
  });

  test('a source is asked for its next page only when the consumer is back: a fault in between would be nobody’s, and end the process', async () => {
    let asked = 0;
    async function* failsSecond() {
      asked += 1;
      yield 1;
      asked += 1;
      await Promise.resolve();
      throw new Error('shard away');
    }
    const pages = mergePages([failsSecond()], 2);
    await pages.next();
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toBe(1);
    await expect(pages.next()).rejects.toThrow('shard away');
    expect(asked).toBe(2);
  });

  test('a consumer that leaves early opens no more sources', async () => {
    const open = new Set<number>();
    const seen: number[] = [];
    for await (const page of mergePages(
      range(5).map((id) => source([id], open, seen, id)),
      2,
    )) {
      expect(page).toBe(0);
      break;
    }
    expect(seen).toHaveLength(2);
  });
});
