import { type FaultRates, noFaults } from './faults.ts';
import { Random } from './random.ts';
import { Timeline } from './timeline.ts';

/** What functions call, as far as faults tell them apart. */
export type Dependency = 'gate' | 'ledger' | 'queue' | 'catalog';

/** Time, chance, faults and the record of one run. */
export class World {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly startMs: number;
  /** Lines that tell what happened, kept only on request. */
  readonly trace: string[] | undefined;
  rates: FaultRates;
  /** What must not be: the first ends the run. */
  violation: string | undefined;
  readonly #awayUntilMs = new Map<Dependency, number>();
  /** Kinds of things that happened in this run: faults, answers of the gate's scripts, transitions of orders. */
  readonly reached = new Set<string>();
  /** After each effect on a store. */
  readonly watchers: (() => void)[] = [];

  constructor(options: { readonly seed: number; readonly rates: FaultRates; readonly startMs: number; readonly traced: boolean }) {
    this.random = new Random(options.seed);
    this.timeline = new Timeline(options.startMs);
    this.startMs = options.startMs;
    this.rates = options.rates;
    this.trace = options.traced ? [] : undefined;
  }

  get nowMs(): number {
    return this.timeline.nowMs;
  }

  violate(message: string): void {
    this.tell(() => `VIOLATION ${message}`);
    this.violation ??= message;
  }

  tell(line: () => string): void {
    this.trace?.push(`${((this.nowMs - this.startMs) / 1000).toFixed(3).padStart(9)} ${line()}`);
  }

  breakDown(dependency: Dependency, forMs: number): void {
    this.tell(() => `fault: ${dependency} away for ${Math.round(forMs)} ms`);
    this.#awayUntilMs.set(dependency, this.nowMs + forMs);
  }

  isAway(dependency: Dependency): boolean {
    return (this.#awayUntilMs.get(dependency) ?? 0) > this.nowMs;
  }

  /** No fault comes any more. */
  calm(): void {
    this.rates = noFaults;
    this.#awayUntilMs.clear();
  }
}
