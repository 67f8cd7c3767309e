import type { Environment } from '../../contracts/env.ts';
import type { WorkerFunction } from '../../contracts/functions.ts';
import { readEnvironment } from '../../runtime/environment.ts';
import type { Reports } from '../../runtime/http-function.ts';
import { sqsFunction, type SqsFunctionOptions, type SqsHandler } from '../../runtime/sqs-function.ts';
import { openReports } from './open-reports.ts';

/**
 * The handler of a queue's worker: what all of them have, around the work that `wire` makes. What needs a secret or another
 * service to be made belongs into `open`: a batch that is refused as a whole would wait out the queue's visibility timeout.
 */
export function serveQueue<F extends WorkerFunction>(
  name: F,
  wire: (environment: Environment<F>, reports: Reports) => Omit<SqsFunctionOptions, keyof Reports>,
): SqsHandler {
  const reports = openReports(name);
  return sqsFunction({ ...reports, ...wire(readEnvironment(name, process.env), reports) });
}
