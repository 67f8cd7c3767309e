/** The deployed functions. An entry file, a bundle, a Lambda function and a local worker each bear one of these names. */
export const httpFunctions = ['orders', 'tickets', 'order-reads', 'catalog', 'admin', 'payments', 'pages'] as const;
/** Functions that a queue, a stream or a schedule starts. */
export const workerFunctions = ['commit', 'expiry', 'changes', 'sweep'] as const;
/** A function behind the load balancer. */
export type HttpFunction = (typeof httpFunctions)[number];
/** A function that no request reaches. */
export type WorkerFunction = (typeof workerFunctions)[number];
/** Any of them. */
export type FunctionName = HttpFunction | WorkerFunction;
/** All of them. */
export const functionNames = [...httpFunctions, ...workerFunctions] as const;
