import type { Clock } from '../../lambdas/domain/kernel/ports.ts';
import { nowMs } from './builders.ts';

/** Time stands still but for what the test or a sleep moves it; a sleep returns at once and is written down. */
export class ManualClock implements Clock {
  readonly sleptMs: number[] = [];
  /** Called after each sleep: what happens meanwhile. */
  onSleep: (sleeps: number) => void = () => {};
  #nowMs: number;

  constructor(startMs: number = nowMs) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  advance(ms: number): void {
    this.#nowMs += ms;
  }

  sleep(ms: number): Promise<void> {
    this.#nowMs += ms;
    this.sleptMs.push(ms);
    this.onSleep(this.sleptMs.length);
    return Promise.resolve();
  }
}
