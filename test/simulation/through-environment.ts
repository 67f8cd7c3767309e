import type { FunctionEnvironment } from './function-environment.ts';
import type { Dependency } from './world.ts';

type Method = (...words: unknown[]) => unknown;

/**
 * A port as code in an environment reaches it: each method is one call of the dependency, each page of a listing
 * another.
 */
export function throughEnvironment<T extends object>(environment: FunctionEnvironment, dependency: Dependency, target: T): T {
  return new Proxy(target, {
    get(_, name) {
      const method = Reflect.get(target, name) as Method;
      if (typeof method !== 'function' || typeof name !== 'string') return method;
      return (...words: unknown[]) => {
        const what = `${dependency}.${name}`;
        if (isGenerator(method)) return paged(environment, dependency, what, method.apply(target, words) as AsyncGenerator);
        return environment.call(dependency, what, async () => method.apply(target, words));
      };
    },
  });
}

function isGenerator(method: Method): boolean {
  return method.constructor.name === 'AsyncGeneratorFunction';
}

async function* paged(environment: FunctionEnvironment, dependency: Dependency, what: string, pages: AsyncGenerator) {
  for (;;) {
    const page = await environment.call(dependency, what, () => pages.next());
    if (page.done) return;
    yield page.value;
  }
}
