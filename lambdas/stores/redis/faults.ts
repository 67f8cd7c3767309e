import { UnavailableError } from '../../domain/kernel/faults.ts';

/** Error codes by which Redis says that it cannot serve now, but will: all else it says is a bug of ours. */
const passing = new Set([
  'LOADING',
  'CLUSTERDOWN',
  'MASTERDOWN',
  'READONLY',
  'TRYAGAIN',
  'MOVED',
  'ASK',
  'BUSY',
  'OOM',
  'NOREPLICAS',
  'UNKILLABLE',
  'NOAUTH',
  'WRONGPASS',
  'MISCONF',
]);

/**
 * What a failed Redis call means: away, slow or changing → UnavailableError('gate'), to be repeated as it is; an
 * error reply of any other kind → an Error that names the call, never retried. Both keep the cause: of a lost connection
 * that is what the client last reported of it (`lastError`), since its calls only learn that it is closed.
 */
export function asFault(error: unknown, call: string, lastError: Error | undefined): Error {
  if (error instanceof UnavailableError) return error;
  if (!(error instanceof Error)) return new Error(`Redis call ${call} threw ${String(error)}`, { cause: error });
  const isReply = error.name === 'ReplyError';
  const code = error.message.split(' ', 1)[0] ?? '';
  if (isReply && !passing.has(code)) return new Error(`Redis refused ${call}: ${error.message}`, { cause: error });
  const cause = isReply ? error : (lastError ?? error);
  return new UnavailableError('gate', `Redis is away: ${call}: ${cause.message}`, { cause });
}
