import { metrics } from '../contracts/metrics.ts';
import { CorruptionError } from '../domain/kernel/faults.ts';
import type { Meter } from '../domain/kernel/ports.ts';

/** Raises the Oversell alarm for stored data that contradicts an invariant, whatever met it; any other fault is not counted. */
export function countCorruption(error: unknown, meter: Meter): void {
  if (error instanceof CorruptionError) meter.count(metrics.oversell);
}
