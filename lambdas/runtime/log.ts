import { Logger } from '@aws-lambda-powertools/logger';
import type { FunctionName } from '../contracts/functions.ts';

/** Structured logs: a constant message, facts as fields, no personal data. */
export interface Log {
  info(message: string, facts: Readonly<Record<string, unknown>>): void;
  /** With the error and its causes. */
  error(message: string, error: unknown, facts?: Readonly<Record<string, unknown>>): void;
}

/** Powertools Logger; the level comes from POWERTOOLS_LOG_LEVEL, INFO when it is not set. */
export function createLog(name: FunctionName): Log {
  const logger = new Logger({ serviceName: 'penstock', persistentKeys: { operation: name } });
  return {
    info: (message, facts) => logger.info(message, facts),
    error: (message, error, facts = {}) =>
      logger.error(message, { ...facts, error: error instanceof Error ? error : new Error(String(error)) }),
  };
}
