import type { Environment } from '../../contracts/env.ts';
import type { WorkerFunction } from '../../contracts/functions.ts';
import { readEnvironment } from '../../runtime/environment.ts';
import type { Reports } from '../../runtime/http-function.ts';
import { scheduledFunction, type ScheduledHandler } from '../../runtime/scheduled-function.ts';
import { openReports } from './open-reports.ts';

/** The handler of a function on a schedule: what all of them have, around the run that `open` makes. */
export function serveSchedule<F extends WorkerFunction>(
  name: F,
  open: (environment: Environment<F>, reports: Reports) => Promise<() => Promise<void>>,
): ScheduledHandler {
  const reports = openReports(name);
  const environment = readEnvironment(name, process.env);
  return scheduledFunction({ ...reports, open: () => open(environment, reports) });
}
