import type { FunctionName } from '../../lambdas/contracts/functions.ts';

/** The functions whose cold starts a buyer waits for. */
const orderPath: ReadonlySet<FunctionName> = new Set(['orders', 'order-reads', 'commit']);

/** The bound of a bundle, in KB of 1,024 bytes. */
export const sizeKb = (name: FunctionName): number => (orderPath.has(name) ? 520 : 1024);

/** The bound of a bundle's evaluation in a fresh process, in ms; none where nobody waits in a queue for it. */
export const importMs = (name: FunctionName): number | undefined => (orderPath.has(name) ? 90 : undefined);
