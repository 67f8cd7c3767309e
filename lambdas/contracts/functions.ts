/** The deployed functions. An entry file, a bundle, a Lambda function and a local worker each bear one of these names. */
export const httpFunctions = ['orders', 'tickets', 'order-reads', 'catalog', 'admin', 'payments', 'pages'] as const;
export const workerFunctions = ['commit', 'expiry', 'changes', 'sweep'] as const;
export type HttpFunction = (typeof httpFunctions)[number];
export type WorkerFunction = (typeof workerFunctions)[number];
export type FunctionName = HttpFunction | WorkerFunction;
/** All of them. */
export const functionNames = [...httpFunctions, ...workerFunctions] as const;
