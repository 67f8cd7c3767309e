/**
 * Works on each item once, at most so many at a time, taken from the iterator in its order. All lanes end before this does: a
 * lane ends at its first fault, and the fault of one is thrown when the others have stopped too.
 */
export async function inLanes<T>(lanes: number, items: IterableIterator<T>, work: (item: T) => Promise<void>): Promise<void> {
  const lane = async () => {
    for (const item of items) await work(item);
  };
  const ends = await Promise.allSettled(Array.from({ length: lanes }, lane));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
