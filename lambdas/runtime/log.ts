import { Logger } from '@aws-lambda-powertools/logger';
import type { FunctionName } from '../contracts/functions.ts';
import { limits } from '../contracts/limits.ts';

/** Structured logs: a constant message, facts as fields, no personal data. */
export interface Log {
  info(message: string, facts: Readonly<Record<string, unknown>>): void;
  /** With name, message and stack of the error and of its causes. */
  error(message: string, error: unknown, facts?: Readonly<Record<string, unknown>>): void;
}

/** Powertools Logger; the level comes from POWERTOOLS_LOG_LEVEL, INFO when it is not set. */
export function createLog(name: FunctionName): Log {
  const logger = new Logger({ serviceName: 'penstock', persistentKeys: { operation: name } });
  return {
    info: (message, facts) => logger.info(message, facts),
    error: (message, error, facts = {}) => logger.error(message, { ...facts, error: describe(error, limits.loggedCauses) }),
  };
}

interface LoggedError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly cause?: LoggedError;
}

/** What may be told of an error. Nothing else it carries: the SDK's have stored items, those of Redis the command with its arguments. */
function describe(error: unknown, causesLeft: number): LoggedError {
  if (!(error instanceof Error)) return { name: typeof error, message: typeof error === 'string' ? error : '' };
  const { name, message, stack, cause } = error;
  return { name, message, stack, ...(cause === undefined || causesLeft === 0 ? {} : { cause: describe(cause, causesLeft - 1) }) };
}
