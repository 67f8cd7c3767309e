/** Every bound of the local runtime: its unit is in its name, its reason beside it. */
export const localLimits = {
  /** Environments of one function: AWS has 1,000 for an account; 64 take about 400 MB here. */
  environments: 64,
  /** With PENSTOCK_ISOLATION=process: each is a process of some 70 MB. */
  environmentProcesses: 8,
  /** A request that finds no free environment waits this long, then gets 503. */
  environmentWaitMs: 5000,
  /** Requests of one function that may wait: 5 s at the rate a machine of this size can serve. */
  environmentWaiters: 20_000,
  /** AWS ends an initialisation after 10 s. */
  initializationMs: 10_000,
  /** A further environment is made when a request has waited this long … */
  growthWaitMs: 25,
  /** … and, beyond this many, both the function's thread and the machine were at work for less than … */
  growthFreeEnvironments: 4,
  /** … this share of the time. Each environment has to warm up its own code: 2 instead of 30 nearly halved the CPU of an order. */
  growthUtilization: 0.8,
  /** Heap that each environment beyond the first may add to the function's thread. */
  environmentHeapMb: 8,

  /** ALB: body of a request to, and JSON of a response from, a function. */
  loadBalancerPayloadBytes: 1024 * 1024,
  /** ALB: all request headers together. */
  requestHeaderBytes: 64 * 1024,
  /** ALB's own default, where the template sets none. */
  idleTimeoutSeconds: 60,

  /** Lambda: payload of a synchronous invocation, so also of a batch. */
  invocationPayloadBytes: 6 * 1024 * 1024,
  /** Time between two receives while batches are not full: the round trip of a poller on AWS. Without it each message of a steady flow is a batch. */
  receivePaceMs: 15,
  /** SQS: messages one ReceiveMessage gives. */
  receiveMessages: 10,
  /** Long poll of an event source mapping. */
  receiveWaitSeconds: 20,
  /** AWS: batches at once that a mapping begins with, and what it adds while a backlog lasts (300 a minute). */
  mappingStartBatches: 5,
  mappingBatchesPerSecond: 5,
  /** AWS: batches at once of a mapping without MaximumConcurrency; here as many as there are environments. */
  mappingMaxBatches: 64,
  /** After a failed receive (engine away) the mapping tries again in this time. */
  receiveRetryMs: 1000,

  /** AWS polls a shard 4 times a second. */
  streamPollMs: 250,
  /** AWS: records one GetRecords gives. */
  streamRecords: 1000,
  /** What a record of an event has beside what the engine gives: names, ARN. */
  streamRecordExtraBytes: 512,
  /** A failed batch of a stream comes again after this, then after twice as long, up to … */
  streamRetryMs: 100,
  streamRetryMaxMs: 5000,

  /** Body of one AWS call: BatchWriteItem's 16 MB is the largest. */
  callBodyBytes: 16 * 1024 * 1024,
  /** Free memory that a folder in memory must have to hold the tables of a run: some 3 KB an order. */
  tableMemoryBytes: 1024 * 1024 * 1024,
  /** Connections to the DynamoDB engine, which works on one transaction at a time anyway, and to an SQS engine that is not ours. */
  engineConnections: 64,
  /** Cached decisions of policies: functions × actions × resources, with room. */
  policyDecisions: 10_000,

  /** Another that starts on the same data directory at the same moment writes its pid within this. */
  directoryLockMs: 200,
  /** An engine must answer within this after its start. */
  engineStartMs: 8000,
  /** SIGTERM to an engine, then SIGKILL. */
  engineStopMs: 1500,
  /** Requests and batches at work when the system stops may still end within this. */
  drainMs: 1000,
  /** Stopping everything; the process ends after it whatever is left. */
  stopMs: 4500,
  /** From the start until GET /v1/ready must have answered 200. */
  readyMs: 60_000,
  readyPollMs: 50,
  /** One HTTP call of the start itself (seed, ready). */
  callMs: 15_000,

  /** Embedded Redis: slots of a cluster. */
  redisSlots: 16_384,
  /** Redis's own bound of one string (proto-max-bulk-len). */
  redisStringBytes: 512 * 1024 * 1024,
  /** One argument of a client. Ours are orders of at most 64 KiB and the text of a script. */
  redisArgumentBytes: 16 * 1024 * 1024,
  /** Arguments of one command: a chunk of a rebuild has 12,000. */
  redisArguments: 1_000_000,
  /** Keys that expired and that nobody asked for again are dropped once in this many writes: to look at 20,000 keys takes 1 ms. */
  redisExpiryWrites: 10_000,
  /** Memory of the scripts' Lua. A rebuild's chunk of 2,000 claims stays within the 16 MB it begins with; a script that runs away ends with an error. */
  redisLuaBytes: 128 * 1024 * 1024,
  /** Strings handed to Lua at once: its stack has room for 20 without asking. */
  redisLuaStrings: 8,

  /** Log lines of a function are written when this many bytes are there, or this time has passed. */
  logBufferBytes: 64 * 1024,
  logFlushMs: 100,
} as const;
