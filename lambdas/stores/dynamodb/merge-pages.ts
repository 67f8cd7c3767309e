/**
 * The pages of many sources as they come, in no order, at most `atOnce` sources open. One page a source is read
 * ahead, so memory is bounded by `atOnce` pages. The first fault of a source ends it all.
 */
export async function* mergePages<T>(sources: readonly AsyncGenerator<T>[], atOnce: number): AsyncGenerator<T> {
  const waiting = [...sources];
  const open = new Map<AsyncGenerator<T>, Promise<{ source: AsyncGenerator<T>; result: IteratorResult<T> }>>();
  const advance = (source: AsyncGenerator<T> | undefined) => {
    if (source) {
      open.set(
        source,
        source.next().then((result) => ({ source, result })),
      );
    }
  };
  try {
    for (const source of waiting.splice(0, atOnce)) advance(source);
    while (open.size > 0) {
      const { source, result } = await Promise.race(open.values());
      open.delete(source);
      if (result.done) {
        advance(waiting.shift());
      } else {
        // Before the source is asked again: a promise nobody has raced yet must not fail while the consumer is at work.
        yield result.value;
        advance(source);
      }
    }
  } finally {
    // The consumer has left, or a source failed: what is under way ends before we do, so that nothing is left detached.
    await Promise.allSettled(open.values());
  }
}
