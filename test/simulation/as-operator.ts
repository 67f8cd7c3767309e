import type { Operation } from '../../lambdas/contracts/routes.ts';
import { type Answer, send } from './client.ts';
import { saleId } from './scenario.ts';
import type { System } from './system.ts';

/** One call of an operator about the sale. */
export function asOperator(
  { world, admin }: System,
  operation: Operation,
  request: { params?: Record<string, string>; headers?: Record<string, string>; body?: unknown } = {},
): Promise<Answer> {
  return send(world, admin, { operation, caller: { kind: 'operator' }, ...request, params: { saleId, ...request.params } });
}
