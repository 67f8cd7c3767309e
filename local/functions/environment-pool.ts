import { localLimits } from '../local-limits.ts';

/** Why a request got no environment. */
export type Refusal = 'no environment free';

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

/** What a pool asks of those who run environments. */
export interface PoolOptions {
  /** Most environments there may be. */
  readonly limit: number;
  /** Makes one; rejects when its initialisation fails. The request that waits longest then fails with it. */
  readonly create: (environment: number) => Promise<void>;
  /** Share of the time since the last call in which what runs them, or the machine, was at work: 0 to 1. */
  readonly utilization: () => number;
}

/**
 * The environments of one function: one event at a time each, made on demand, the most recently used first (the least used
 * ones stay cold, as on AWS). They share a thread, or at least a machine, so a new one helps only when those there are
 * wait for something else: beyond the first, one is made when a request has waited `growthWaitMs`, and beyond the
 * fourth only while thread and machine have time to spare. One that is lost is replaced when a request needs it.
 */
export class EnvironmentPool {
  readonly #options: PoolOptions;
  readonly #free: number[] = [];
  readonly #waiters = new Set<Waiter>();
  readonly #alive = new Set<number>();
  #numbered = 0;
  #state: 'steady' | 'making' | 'watching' | 'closed' = 'steady';

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** An environment now, or within `waitMs`; else why not. Rejects when the initialisation it waited for failed. */
  acquire(waitMs: number): Promise<Lease | Refusal> {
    if (this.#state === 'closed') return Promise.resolve('no environment free');
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
      this.#grow();
    });
  }

  /** Environments that exist. */
  get size(): number {
    return this.#alive.size;
  }

  /** An environment is gone; nobody gets it any more. Of one that is still being made `create` tells. */
  lose(environment: number): void {
    if (!this.#alive.delete(environment)) return;
    const place = this.#free.indexOf(environment);
    if (place >= 0) this.#free.splice(place, 1);
    if (this.#waiters.size > 0) this.#grow();
  }

  /** Refuses everybody from now on, those who wait too. */
  close(): void {
    this.#state = 'closed';
    for (let waiter = this.#next(); waiter !== undefined; waiter = this.#next()) waiter.resolve('no environment free');
  }

  #lease(environment: number): Lease {
    let released = false;
    return {
      environment,
      release: () => {
        if (released || !this.#alive.has(environment)) return;
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

  /** Somebody waits: the first environment is made at once, others when it turns out that they are missing. */
  #grow(): void {
    if (this.#state !== 'steady' || this.#alive.size >= this.#options.limit) return;
    if (this.#alive.size === 0) this.#make();
    else this.#watch();
  }

  #make(): void {
    this.#state = 'making';
    const environment = this.#numbered++;
    void this.#options.create(environment).then(
      () => {
        if (this.#state === 'closed') return;
        this.#alive.add(environment);
        this.#offer(environment);
        this.#watch();
      },
      (error: unknown) => {
        if (this.#state === 'closed') return;
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
      if (oldest === undefined || this.#alive.size >= this.#options.limit) this.#state = 'steady';
      else if (this.#alive.size === 0 || this.#isShort(oldest)) this.#make();
      else this.#watch();
    }, localLimits.growthWaitMs);
  }

  /** Whether environments are what is missing, not time of the thread or the machine. */
  #isShort({ sinceMs }: Waiter): boolean {
    if (performance.now() - sinceMs < localLimits.growthWaitMs) return false;
    return this.#alive.size < localLimits.growthFreeEnvironments || this.#options.utilization() < localLimits.growthUtilization;
  }
}
