/**
 * A handler whose parts take time to make: begun at import, awaited by the first event. What could not be made is
 * made anew by the next event, so that one bad start does not poison the environment.
 */
export function readyHandler<Event, Context, Result>(
  make: () => Promise<(event: Event, context: Context) => Promise<Result>>,
): (event: Event, context: Context) => Promise<Result> {
  type Made = ReturnType<typeof make>;
  let handler: Made | undefined;
  const start = (): Made => {
    const made = make();
    made.catch(() => {
      handler = undefined;
    });
    return made;
  };
  handler = start();
  return async (event, context) => {
    handler ??= start();
    return (await handler)(event, context);
  };
}
