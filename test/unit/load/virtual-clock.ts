import type { Clock } from '../../../load/clock.ts';

/** Time that passes only by sleeping; a stall makes one sleep last longer than asked, as a busy process does. */
export class VirtualClock implements Clock {
  #nowMs = 0;
  #stall: { atMs: number; forMs: number } | undefined;
  /** Every sleep asked for, in ms. */
  readonly slept: number[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  async sleep(ms: number): Promise<void> {
    this.slept.push(ms);
    this.#nowMs += ms;
    if (this.#stall && this.#nowMs >= this.#stall.atMs) {
      this.#nowMs += this.#stall.forMs;
      this.#stall = undefined;
    }
    await Promise.resolve();
  }

  stall(stall: { atMs: number; forMs: number }): void {
    this.#stall = stall;
  }
}
