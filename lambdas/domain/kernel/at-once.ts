/**
 * Works on each item once, at most `most` of them at a time, taken from the iterator in its order. All workers end before this
 * does: a worker ends at its first fault, and the fault of one is thrown when the others have stopped too.
 */
export async function atOnce<T>(most: number, items: IterableIterator<T>, work: (item: T) => Promise<void>): Promise<void> {
  const worker = async () => {
    for (const item of items) await work(item);
  };
  const ends = await Promise.allSettled(Array.from({ length: most }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
