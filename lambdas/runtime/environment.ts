import * as z from 'zod/mini';
import { type Environment, environments } from '../contracts/env.ts';
import type { FunctionName } from '../contracts/functions.ts';

/** The function's environment, parsed once at cold start. Throws with the name of every variable that is missing or wrong. */
export function readEnvironment<F extends FunctionName>(name: F, variables: Readonly<Record<string, string | undefined>>): Environment<F> {
  const result = z.safeParse(environments[name], variables);
  if (result.success) return result.data as Environment<F>;
  const names = [...new Set(result.error.issues.map((issue) => issue.path.join('.')))];
  throw new Error(`environment of ${name}: ${names.join(', ')} missing or malformed (contracts/env.ts)`);
}
