import type { Environment } from '../../contracts/env.ts';
import type { WorkerFunction } from '../../contracts/functions.ts';
import { readEnvironment } from '../../runtime/environment.ts';
import type { Reports } from '../../runtime/http-function.ts';
import { readyHandler } from '../../runtime/ready-handler.ts';
import { sqsFunction, type SqsFunctionOptions, type SqsHandler } from '../../runtime/sqs-function.ts';
import { openReports } from './open-reports.ts';

/** The handler of a queue's worker: what all of them have, around the work that `wire` makes. */
export function serveQueue<F extends WorkerFunction>(
  name: F,
  wire: (environment: Environment<F>, reports: Reports) => Promise<Omit<SqsFunctionOptions, keyof Reports>>,
): SqsHandler {
  return readyHandler(async () => {
    const reports = openReports(name);
    return sqsFunction({ ...reports, ...(await wire(readEnvironment(name, process.env), reports)) });
  });
}
