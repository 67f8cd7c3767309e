import type { FunctionName } from '../../contracts/functions.ts';
import type { Reports } from '../../runtime/http-function.ts';
import { createLog } from '../../runtime/log.ts';
import { createMeter } from '../../runtime/meter.ts';

/** The log and the metrics of a function: they need nothing, so they are there when all else cannot be made. */
export function openReports(name: FunctionName): Reports {
  return { log: createLog(name), meter: createMeter() };
}
