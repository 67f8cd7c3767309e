import { UnavailableError } from '../domain/kernel/faults.ts';

/** Error names by which AWS and the SDK say "not now": throttled, conflicting, timed out; AbortError by a deadline of ours. */
const transientNames: ReadonlySet<string> = new Set([
  'AbortError',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'ThrottlingException',
  'TransactionConflictException',
  'TransactionInProgressException',
  'TooManyRequestsException',
  'TimeoutError',
  'RequestTimeout',
  'RequestTimeoutException',
  'KmsThrottled',
]);

/** Node's codes for a network that is away or a connection that broke. */
const networkCodes: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/**
 * An SDK call whose passing faults (throttle, timeout, network, 5xx) become an UnavailableError of the dependency.
 * All else, such as a refused condition, a validation error or AccessDenied, is thrown as it is: bugs must be loud.
 */
export async function orUnavailable<T>(dependency: UnavailableError['dependency'], call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!isTransient(error)) throw error;
    throw new UnavailableError(dependency, `${dependency} did not answer: ${String(error)}`, { cause: error });
  }
}

function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, $retryable, $metadata } = error as { code?: string; $retryable?: object; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  return transientNames.has(error.name) || networkCodes.has(code ?? '') || $retryable !== undefined || status === 429 || status >= 500;
}
