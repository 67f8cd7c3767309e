import { localLimits } from '../local-limits.ts';
import { EnvironmentPool, type Lease } from './environment-pool.ts';
import type { FunctionError } from './protocol.ts';
import { FunctionFailed, type FunctionThread } from './thread-connection.ts';

/** How an invocation ended. */
export type Outcome =
  | { readonly kind: 'answered'; /** JSON. */ readonly payload: string }
  | { readonly kind: 'failed'; readonly error: FunctionError }
  | { readonly kind: 'timed-out' }
  /** The thread died under it: out of memory, an uncaught error, or another event's timeout. */
  | { readonly kind: 'crashed'; readonly reason: string }
  | { readonly kind: 'throttled' };

interface Running {
  readonly thread: FunctionThread;
  /** Whether an environment was ever made in it: a thread that dies before is not started again for the same event. */
  initialized: boolean;
  readonly pool: EnvironmentPool;
  readonly gone: Promise<{ kind: 'crashed'; reason: string }>;
}

export interface FunctionHostOptions {
  readonly timeoutSeconds: number;
  /** Most environments; the smaller of our bound and the function's reserved concurrency. */
  readonly environments: number;
  readonly start: () => FunctionThread;
  /** Called with a line for the operator when a thread ends that should not. */
  readonly report: (line: string) => void;
  readonly label: string;
}

/** One function: its thread, started on the first event and again after it has died, and the environments in it. */
export class FunctionHost {
  readonly #options: FunctionHostOptions;
  #running: Running | undefined;
  #stopped = false;

  constructor(options: FunctionHostOptions) {
    this.#options = options;
  }

  /** Runs one event, given and answered as JSON. Never rejects. */
  async invoke(payload: string): Promise<Outcome> {
    const waitUntil = performance.now() + localLimits.environmentWaitMs;
    try {
      for (;;) {
        const running = this.#start();
        if (running === undefined) return { kind: 'throttled' };
        const lease = await running.pool.acquire(Math.max(0, waitUntil - performance.now()));
        if (lease === 'no environment free') return { kind: 'throttled' };
        if (lease !== 'pool closed') return await this.#run(running, lease, payload);
        if (!running.initialized) return await running.gone;
      }
    } catch (error) {
      if (error instanceof FunctionFailed) return { kind: 'failed', error: error.error };
      throw error;
    }
  }

  /** Ends the thread; later events are refused. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running?.thread.terminate();
  }

  async #run({ thread, gone }: Running, lease: Lease, payload: string): Promise<Outcome> {
    const { timeoutSeconds } = this.#options;
    const answered = thread
      .invoke(lease.environment, payload, Date.now() + timeoutSeconds * 1000)
      .then((answer): Outcome => ({ kind: 'answered', payload: answer }))
      .finally(lease.release);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Outcome>((resolve) => {
      timer = setTimeout(() => {
        this.#options.report(
          `${this.#options.label}: Task timed out after ${timeoutSeconds} seconds; its thread is ended, with every event in it`,
        );
        resolve({ kind: 'timed-out' });
        void thread.terminate();
      }, timeoutSeconds * 1000);
    });
    try {
      return await Promise.race([answered, late, gone]);
    } finally {
      clearTimeout(timer);
    }
  }

  #start(): Running | undefined {
    if (this.#stopped) return undefined;
    if (this.#running !== undefined) return this.#running;
    const thread = this.#options.start();
    const pool = new EnvironmentPool({
      limit: this.#options.environments,
      utilization: thread.utilization,
      create: async (environment) => {
        await this.#initialize(thread, environment);
        running.initialized = true;
      },
    });
    const gone = thread.ended.then((reason) => {
      pool.close();
      if (this.#running?.thread === thread) this.#running = undefined;
      if (!this.#stopped) this.#options.report(`${this.#options.label}: thread ended (${reason})`);
      return { kind: 'crashed' as const, reason };
    });
    const running: Running = { thread, pool, gone, initialized: false };
    this.#running = running;
    return running;
  }

  /** AWS gives an initialisation 10 s. */
  async #initialize(thread: FunctionThread, environment: number): Promise<void> {
    const timer = setTimeout(() => {
      this.#options.report(`${this.#options.label}: initialisation took over ${localLimits.initializationMs} ms; its thread is ended`);
      void thread.terminate();
    }, localLimits.initializationMs);
    try {
      const died = thread.ended.then((reason): never => {
        throw new Error(`the thread of ${this.#options.label} ended while it made an environment: ${reason}`);
      });
      await Promise.race([thread.create(environment), died]);
    } finally {
      clearTimeout(timer);
    }
  }
}
