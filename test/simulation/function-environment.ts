import { limits } from '../../lambdas/contracts/limits.ts';
import type { Clock } from '../../lambdas/domain/kernel/ports.ts';
import { UnavailableError } from '../../lambdas/domain/kernel/faults.ts';
import type { Dependency, World } from './world.ts';

/** When a call has taken effect or is given up, whatever the dependency. */
const deadlineMs: Readonly<Record<Dependency, number>> = {
  gate: limits.gateCallMs,
  ledger: limits.ledgerRequestMs,
  queue: limits.queueRequestMs,
  catalog: limits.ledgerRequestMs,
};

type Fate = 'answered' | 'refused' | 'lost' | 'late' | 'crash-before' | 'crash-after';

/** How an invocation ended. */
export type Ended<T> =
  | { readonly kind: 'returned'; readonly value: T }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'crashed' };

/** A promise that nobody settles: what a dead process still waited for. */
const never = new Promise<never>(() => {});

/**
 * One Lambda environment: code in it reaches a store only by `call`, and there the faults wait. When it dies, what it
 * sent may still take effect, and none of its code goes on.
 */
export class FunctionEnvironment {
  readonly world: World;
  readonly name: string;
  readonly clock: Clock;
  alive = true;
  busy = false;
  readonly #onDeath = new Set<() => void>();

  constructor(world: World, name: string) {
    this.world = world;
    this.name = name;
    const skewMs = world.random.between(-world.rates.skewMs / 2, world.rates.skewMs / 2);
    this.clock = {
      nowMs: () => Math.floor(world.nowMs + skewMs),
      sleep: (ms) => this.#sleep(ms),
    };
  }

  /** Runs one invocation until it ends, its time is up, or the environment dies. */
  invoke<T>(timeoutMs: number, work: () => Promise<T>): Promise<Ended<T>> {
    return new Promise((resolve) => {
      this.busy = true;
      let open = true;
      const end = (ended: Ended<T>) => {
        if (!open) return;
        open = false;
        this.busy = false;
        this.#onDeath.delete(die);
        resolve(ended);
      };
      const die = () => end({ kind: 'crashed' });
      this.#onDeath.add(die);
      this.world.timeline.after(timeoutMs, () => {
        if (open) this.crash('out of time');
      });
      work().then(
        (value) => end({ kind: 'returned', value }),
        (error: unknown) => end({ kind: 'threw', error }),
      );
    });
  }

  crash(why: string): void {
    if (!this.alive) return;
    this.alive = false;
    this.world.reached.add(`fault: ${this.name} dies`);
    this.world.tell(() => `fault: ${this.name} dies (${why})`);
    for (const die of this.#onDeath) die();
  }

  /** One call of a dependency: its effect at one moment, its answer at a later one, or what the faults make of it. */
  call<T>(dependency: Dependency, what: string, effect: () => Promise<T>): Promise<T> {
    if (!this.alive) return never;
    const fate = this.#drawFate(dependency);
    if (fate === 'crash-before') {
      this.crash(`before ${what}`);
      return never;
    }
    return new Promise((resolve, reject) => this.#send({ dependency, what, effect, fate, resolve, reject }));
  }

  #drawFate(dependency: Dependency): Fate {
    const { random, rates } = this.world;
    if (this.world.isAway(dependency)) return 'refused';
    const crash = this.name === 'sweep' ? rates.sweepCrash : 0;
    if (random.chance(rates.crashBefore + crash)) return 'crash-before';
    if (random.chance(rates.crashAfter + crash)) return 'crash-after';
    if (random.chance(rates.refused)) return 'refused';
    if (random.chance(rates.lostAnswer)) return 'lost';
    return random.chance(rates.lateEffect) ? 'late' : 'answered';
  }

  #send<T>(call: {
    readonly dependency: Dependency;
    readonly what: string;
    readonly effect: () => Promise<T>;
    readonly fate: Fate;
    readonly resolve: (value: T) => void;
    readonly reject: (error: unknown) => void;
  }): void {
    const { dependency, what, effect, fate, resolve, reject } = call;
    const { timeline, random, reached } = this.world;
    if (fate !== 'answered') reached.add(this.world.isAway(dependency) ? `fault: ${dependency} away` : `fault: a call ${fate}`);
    const answer = (afterMs: number, settle: () => void) => timeline.after(afterMs, () => this.alive && settle());
    const unavailable = () => reject(new UnavailableError(dependency === 'catalog' ? 'ledger' : dependency, `${what}: no answer`));
    if (fate === 'refused') return answer(random.between(0.2, 20), unavailable);
    if (fate === 'lost' || fate === 'late') answer(deadlineMs[dependency], unavailable);
    timeline.after(this.#effectAfterMs(dependency, fate), () => {
      // What a dying process had just sent arrives or does not.
      if (!this.alive && random.chance(0.5)) return;
      this.world.tell(() => `${this.name} ${what}${fate === 'answered' ? '' : ` (${fate})`}`);
      effect().then(
        (value) => {
          for (const watch of this.world.watchers) watch();
          if (fate === 'crash-after') this.crash(`after ${what}`);
          else if (fate === 'answered') answer(random.between(0.1, 2), () => resolve(value));
        },
        (error: unknown) => answer(random.between(0.1, 2), () => reject(error)),
      );
    });
  }

  #effectAfterMs(dependency: Dependency, fate: Fate): number {
    const { random, rates } = this.world;
    const mostMs = deadlineMs[dependency];
    if (fate === 'late') return mostMs + random.between(0, limits.takeMarginMs / 2);
    if (!random.chance(rates.slow)) return random.between(0.1, 4);
    this.world.reached.add('fault: a call slow');
    return random.between(0, mostMs * 0.95);
  }

  #sleep(ms: number): Promise<void> {
    if (!this.alive) return never;
    return new Promise((resolve) => this.world.timeline.after(ms, () => this.alive && resolve()));
  }
}
