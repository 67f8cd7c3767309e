/**
 * What takes time to make: begun at once, had when it is asked for. What could not be made is made anew by whoever asks
 * next, so that one bad start does not poison the environment.
 */
export function getReady<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  const start = (): Promise<T> => {
    const begun = make();
    begun.catch(() => {
      made = undefined;
    });
    return begun;
  };
  made = start();
  return () => (made ??= start());
}
