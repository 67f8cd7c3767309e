import type { Log } from '../../lambdas/runtime/log.ts';

/** Keeps every line. */
export class RecordingLog implements Log {
  readonly infos: { message: string; facts: Readonly<Record<string, unknown>> }[] = [];
  readonly errors: { message: string; error: unknown; facts: Readonly<Record<string, unknown>> }[] = [];

  info(message: string, facts: Readonly<Record<string, unknown>>): void {
    this.infos.push({ message, facts });
  }

  error(message: string, error: unknown, facts: Readonly<Record<string, unknown>> = {}): void {
    this.errors.push({ message, error, facts });
  }
}
