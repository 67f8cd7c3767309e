import { type Ended, FunctionEnvironment } from './function-environment.ts';
import type { World } from './world.ts';

const keptEnvironments = 3;

interface PoolOptions<H> {
  readonly name: string;
  readonly timeoutMs: number;
  readonly make: (environment: FunctionEnvironment) => H;
}

/** The environments of one function: each works on one invocation at a time, and keeps its near caches between them. */
export class FunctionPool<H> {
  readonly #world: World;
  readonly #options: PoolOptions<H>;
  readonly #environments: { readonly environment: FunctionEnvironment; readonly handler: H }[] = [];

  constructor(world: World, options: PoolOptions<H>) {
    this.#world = world;
    this.#options = options;
  }

  /** One invocation, in an environment that is idle, or in a new one. */
  invoke<T>(work: (handler: H) => Promise<T>): Promise<Ended<T>> {
    const { environment, handler } = this.#take();
    return environment.invoke(this.#options.timeoutMs, () => work(handler));
  }

  #take() {
    const { random } = this.#world;
    const idle = this.#environments.filter(({ environment }) => environment.alive && !environment.busy);
    if (idle.length > 0 && (idle.length >= keptEnvironments || random.chance(0.8))) return random.pick(idle);
    const environment = new FunctionEnvironment(this.#world, this.#options.name);
    const made = { environment, handler: this.#options.make(environment) };
    this.#environments.push(made);
    return made;
  }
}
