import { localLimits } from '../local-limits.ts';

/** Why a request got no environment. */
export type Refusal = 'no environment free' | 'pool closed';

/** An environment leased to one event; `release` gives it back. */
export interface Lease {
  readonly environment: number;
  readonly release: () => void;
}

interface Waiter {
  readonly resolve: (lease: Lease | Refusal) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
  readonly sinceMs: number;
}

export interface PoolOptions {
  /** Most environments there may be. */
  readonly limit: number;
  /** Makes one; rejects when its initialisation fails. The request that waits longest then fails with it. */
  readonly create: (environment: number) => Promise<void>;
  /** Share of the time since the last call in which the thread, or the machine, was at work: 0 to 1. */
  readonly utilization: () => number;
}

/**
 * The environments of one function's thread: one event at a time each, made on demand, the most recently used first (the least used
 * ones stay cold, as on AWS). They share a thread, which also makes them, so a new one helps only when those there are
 * wait for something else: beyond the first, one is made when a request has waited `growthWaitMs`, and beyond the
 * fourth only while thread and machine have time to spare.
 */
export class EnvironmentPool {
  readonly #options: PoolOptions;
  readonly #free: number[] = [];
  readonly #waiters = new Set<Waiter>();
  #made = 0;
  #state: 'steady' | 'making' | 'watching' | 'closed' = 'steady';

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** An environment now, or within `waitMs`; else why not. Rejects when the initialisation it waited for failed. */
  acquire(waitMs: number): Promise<Lease | Refusal> {
    if (this.#state === 'closed') return Promise.resolve('pool closed');
    const environment = this.#free.pop();
    if (environment !== undefined) return Promise.resolve(this.#lease(environment));
    if (this.#waiters.size >= localLimits.environmentWaiters) return Promise.resolve('no environment free');
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        resolve('no environment free');
      }, waitMs);
      const waiter: Waiter = { resolve, reject, timer, sinceMs: performance.now() };
      this.#waiters.add(waiter);
      if (this.#state !== 'steady' || this.#made >= this.#options.limit) return;
      if (this.#made === 0) this.#make();
      else this.#watch();
    });
  }

  /** Environments that exist. */
  get size(): number {
    return this.#made;
  }

  /** The thread is gone, and every environment with it: who waits is told to go to its successor. */
  close(): void {
    this.#state = 'closed';
    for (let waiter = this.#next(); waiter !== undefined; waiter = this.#next()) waiter.resolve('pool closed');
  }

  #lease(environment: number): Lease {
    let released = false;
    return {
      environment,
      release: () => {
        if (released || this.#state === 'closed') return;
        released = true;
        this.#offer(environment);
      },
    };
  }

  #offer(environment: number): void {
    const waiter = this.#next();
    if (waiter === undefined) this.#free.push(environment);
    else waiter.resolve(this.#lease(environment));
  }

  /** Takes the request that has waited longest out of the line. */
  #next(): Waiter | undefined {
    for (const waiter of this.#waiters) {
      this.#waiters.delete(waiter);
      clearTimeout(waiter.timer);
      return waiter;
    }
    return undefined;
  }

  #make(): void {
    this.#state = 'making';
    const environment = this.#made++;
    void this.#options.create(environment).then(
      () => {
        if (this.#state === 'closed') return;
        this.#offer(environment);
        this.#watch();
      },
      (error: unknown) => {
        if (this.#state === 'closed') return;
        this.#made--;
        this.#next()?.reject(error);
        this.#watch();
      },
    );
  }

  /** Looks again after `growthWaitMs`, for as long as requests wait. */
  #watch(): void {
    this.#state = 'watching';
    this.#options.utilization();
    setTimeout(() => {
      if (this.#state === 'closed') return;
      const [oldest] = this.#waiters;
      if (oldest === undefined || this.#made >= this.#options.limit) this.#state = 'steady';
      else if (this.#made === 0 || this.#isShort(oldest)) this.#make();
      else this.#watch();
    }, localLimits.growthWaitMs);
  }

  /** Whether environments are what is missing, not time of the thread or the machine. */
  #isShort({ sinceMs }: Waiter): boolean {
    if (performance.now() - sinceMs < localLimits.growthWaitMs) return false;
    return this.#made < localLimits.growthFreeEnvironments || this.#options.utilization() < localLimits.growthUtilization;
  }
}
