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
}

/**
 * The environments of one function's thread: one event at a time each, made on demand, the most recently used first (the
 * least used ones stay cold, as on AWS). At most one is being made at a time, with a pause after it: the thread that makes
 * them serves requests too, and a burst must not stall it for as long as 64 of them take.
 */
export class EnvironmentPool {
  readonly #limit: number;
  readonly #create: (environment: number) => Promise<void>;
  readonly #free: number[] = [];
  readonly #waiters = new Set<Waiter>();
  #made = 0;
  #state: 'steady' | 'making' | 'pausing' | 'closed' = 'steady';

  /**
   * @param limit Most environments there may be.
   * @param create Makes one; rejects when its initialisation fails. The request that waits longest then fails with it.
   */
  constructor(limit: number, create: (environment: number) => Promise<void>) {
    this.#limit = limit;
    this.#create = create;
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
      const waiter: Waiter = { resolve, reject, timer };
      this.#waiters.add(waiter);
      this.#grow();
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

  #grow(): void {
    if (this.#state !== 'steady' || this.#made >= this.#limit || this.#waiters.size === 0) return;
    this.#state = 'making';
    const environment = this.#made++;
    void this.#create(environment).then(
      () => {
        if (this.#state === 'closed') return;
        this.#offer(environment);
        this.#pause();
      },
      (error: unknown) => {
        if (this.#state === 'closed') return;
        this.#made--;
        this.#next()?.reject(error);
        this.#pause();
      },
    );
  }

  #pause(): void {
    this.#state = 'pausing';
    setTimeout(() => {
      if (this.#state === 'closed') return;
      this.#state = 'steady';
      this.#grow();
    }, localLimits.growthPauseMs);
  }
}
