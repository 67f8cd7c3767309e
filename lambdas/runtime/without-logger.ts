/** The part of an SDK client that holds its middlewares. */
interface Stacked {
  readonly middlewareStack: { remove(name: string): boolean };
}

/**
 * The client without the SDK's logger, which copies input and output of each call, member by member, for a log that we
 * do not have: 14 % of the SDK's CPU for a GetItem, 23 % for a TransactWriteItems of three puts, nothing to speak of for a SendMessage.
 */
export function withoutLogger<C extends Stacked>(client: C): C {
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}
