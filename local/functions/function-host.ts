import assert from 'node:assert/strict';
import { localLimits } from '../local-limits.ts';
import { EnvironmentPool, type Lease } from './environment-pool.ts';
import { FunctionFailed, type FunctionRunner, type Isolation } from './function-runner.ts';
import { machineLoad } from './machine-load.ts';
import type { FunctionError } from './protocol.ts';

/** How an invocation ended. */
export type Outcome =
  | { readonly kind: 'answered'; /** JSON. */ readonly payload: string }
  | { readonly kind: 'failed'; readonly error: FunctionError }
  | { readonly kind: 'timed-out' }
  /** Its thread or process died under it: out of memory, an uncaught error, killed, or another event's timeout. */
  | { readonly kind: 'crashed'; readonly reason: string }
  | { readonly kind: 'throttled' };

/** What runs an environment ended under what it was doing. */
class RunnerEnded extends Error {
  override readonly name = 'RunnerEnded';
}

interface Running {
  readonly runner: FunctionRunner;
  /** Rejects with RunnerEnded. */
  readonly gone: Promise<never>;
}

interface FunctionHostOptions {
  readonly timeoutSeconds: number;
  /** Most environments; the smaller of our bound and the function's reserved concurrency. */
  readonly environments: number;
  /** `thread`: all environments share a runner; `process`: each has its own. */
  readonly isolation: Isolation;
  readonly start: () => FunctionRunner;
  /** Called with a line for the operator when a runner ends that should not. */
  readonly report: (line: string) => void;
  readonly label: string;
}

/** One function: its environments, and the threads or processes that run them, started when an event needs them and again after they died. */
export class FunctionHost {
  readonly #options: FunctionHostOptions;
  readonly #pool: EnvironmentPool;
  readonly #running = new Set<Running>();
  /** Where each environment is. */
  readonly #places = new Map<number, Running>();
  #stopped = false;

  constructor(options: FunctionHostOptions) {
    this.#options = options;
    const load = machineLoad();
    this.#pool = new EnvironmentPool({
      limit: options.environments,
      utilization: () => Math.max(load(), ...[...this.#running].map(({ runner }) => runner.utilization())),
      create: (environment) => this.#create(environment),
    });
  }

  /** Runs one event, given and answered as JSON. Never rejects. */
  async invoke(payload: string): Promise<Outcome> {
    try {
      const lease = await this.#pool.acquire(localLimits.environmentWaitMs);
      return lease === 'no environment free' ? { kind: 'throttled' } : await this.#run(lease, payload);
    } catch (error) {
      if (error instanceof FunctionFailed) return { kind: 'failed', error: error.error };
      if (error instanceof RunnerEnded) return { kind: 'crashed', reason: error.message };
      throw error;
    }
  }

  /** Ends every runner; later events are refused. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#pool.close();
    await Promise.all([...this.#running].map(({ runner }) => runner.terminate()));
  }

  async #run({ environment, release }: Lease, payload: string): Promise<Outcome> {
    const { timeoutSeconds, label, report, isolation } = this.#options;
    const running = this.#places.get(environment);
    assert(running, `environment ${environment} of ${label} has a runner`);
    const { runner, gone } = running;
    const answered = runner
      .invoke(environment, payload, Date.now() + timeoutSeconds * 1000)
      .then((answer): Outcome => ({ kind: 'answered', payload: answer }))
      .finally(release);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Outcome>((resolve) => {
      timer = setTimeout(() => {
        report(`${label}: Task timed out after ${timeoutSeconds} seconds; its ${isolation} is ended, with every event in it`);
        resolve({ kind: 'timed-out' });
        void runner.terminate();
      }, timeoutSeconds * 1000);
    });
    try {
      return await Promise.race([answered, late, gone]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #create(environment: number): Promise<void> {
    const [shared] = this.#options.isolation === 'thread' ? this.#running : [];
    try {
      if (shared !== undefined) return await this.#place(environment, shared);
    } catch (error) {
      // It ended through another event: this one gets an environment of its successor.
      if (!(error instanceof RunnerEnded) || this.#stopped) throw error;
    }
    return this.#place(environment, this.#start());
  }

  async #place(environment: number, running: Running): Promise<void> {
    try {
      await this.#initialize(running, environment);
      this.#places.set(environment, running);
    } catch (error) {
      // Nothing is in it, and nothing else will be.
      if (this.#options.isolation === 'process') await running.runner.terminate();
      throw error;
    }
  }

  #start(): Running {
    const runner = this.#options.start();
    const gone = runner.ended.then((reason): never => {
      throw new RunnerEnded(reason);
    });
    const running: Running = { runner, gone };
    this.#running.add(running);
    gone.catch(({ message }: RunnerEnded) => this.#forget(running, message));
    return running;
  }

  #forget(running: Running, reason: string): void {
    const { report, label, isolation } = this.#options;
    this.#running.delete(running);
    for (const [environment, place] of this.#places)
      if (place === running) {
        this.#places.delete(environment);
        this.#pool.lose(environment);
      }
    if (!this.#stopped) report(`${label}: ${isolation} ended (${reason})`);
  }

  /** AWS gives an initialisation 10 s. */
  async #initialize({ runner, gone }: Running, environment: number): Promise<void> {
    const { label, report, isolation } = this.#options;
    const timer = setTimeout(() => {
      report(`${label}: initialisation took over ${localLimits.initializationMs} ms; its ${isolation} is ended`);
      void runner.terminate();
    }, localLimits.initializationMs);
    try {
      await Promise.race([runner.create(environment), gone]);
    } finally {
      clearTimeout(timer);
    }
  }
}
