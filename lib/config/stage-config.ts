import * as z from 'zod/mini';

const days = (maximum: number) => z.int().check(z.minimum(1), z.maximum(maximum));

/** Retention periods that CloudWatch Logs knows, in days, as far as we use them. */
const logDays = z.literal([7, 30, 90, 365]);

/** AWS's quota of nodes in one cluster, unless it is raised. */
const redisNodesMax = 90;

/** Redis. Cluster mode, TLS, a named user and `noeviction` are the same everywhere, so they are no options. */
const redisFields = z.strictObject({
  /** `redis` is 7.1; `valkey` is 8.2, a fifth cheaper, and speaks the same protocol. Choose before the first deployment. */
  engine: z.enum(['redis', 'valkey']),
  /** Burstable, general or memory-optimised Graviton nodes. One sale lives on one node: its core is the sale's ceiling. */
  nodeType: z.string().check(z.regex(/^cache\.(t4g|[mr][678]g)\.(micro|small|medium|large|[0-9]{0,2}xlarge)$/)),
  /** Shards; a sale lives in one slot, so more shards serve more sales, not a larger one. */
  shards: z.int().check(z.minimum(1), z.maximum(90)),
  /** Replicas a shard; with at least one, nodes are spread over zones and one of them takes over. */
  replicasPerShard: z.int().check(z.minimum(0), z.maximum(5)),
  /** Days a daily snapshot is kept; 0 = none. The gate can be rebuilt from the ledger, so this only saves time. */
  snapshotDays: z.int().check(z.minimum(0), z.maximum(35)),
});

const redisSchema = redisFields.check(
  z.refine(({ shards, replicasPerShard }) => shards * (1 + replicasPerShard) <= redisNodesMax, {
    error: `Too many nodes: shards × (1 + replicasPerShard) must be <=${redisNodesMax}`,
  }),
);

/** How the load balancer is reached. */
const entranceSchema = z.discriminatedUnion('protocol', [
  /** Without encryption: for trials only, and synth warns. */
  z.strictObject({ protocol: z.literal('http') }),
  z.strictObject({
    protocol: z.literal('https'),
    /** ACM certificate of the load balancer's region. Without it the stack asks by the parameter `CertificateArn`. */
    certificateArn: z.optional(z.string().check(z.regex(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[a-z0-9-]+$/))),
  }),
]);

/** Everything in which stages differ. A value out of range never reaches a template. */
export const stageConfigSchema = z.strictObject({
  /** Part of the stack names. */
  stage: z.enum(['dev', 'prod']),
  /** Tables, Redis and secrets outlive the stacks: deletion protection, RETAIN, termination protection. */
  protectData: z.boolean(),
  /** How far back a table can be restored, in days. */
  pointInTimeRecoveryDays: days(35),
  redis: redisSchema,
  entrance: entranceSchema,
  /** Memory in MB, and with it CPU (1,769 MB = one core). */
  memoryMb: z.strictObject({
    http: z.int().check(z.minimum(256), z.maximum(3008)),
    worker: z.int().check(z.minimum(256), z.maximum(3008)),
  }),
  /** Days logs are kept. */
  logRetentionDays: logDays,
  /** Whether anybody may get a guest token. */
  guests: z.enum(['allowed', 'refused']),
  /** Guest tokens a client address may get in a minute. */
  guestsPerMinute: z.int().check(z.minimum(1), z.maximum(10_000)),
  /** Origins that CORS answers, scheme and host, no path. Empty = none. */
  corsOrigins: z.array(z.string().check(z.regex(/^https?:\/\/[a-z0-9.-]+(:\d{1,5})?$/))).check(z.maxLength(20)),
  /** Age of the oldest message of the orders queue that wakes somebody, in seconds. */
  queueAgeAlarmSeconds: z.int().check(z.minimum(30), z.maximum(86_400)),
  /** Who is written to when an alarm goes off; without it only the topic is made. */
  alarmEmail: z.optional(z.email()),
});

/** One stage's settings. */
export type StageConfig = z.infer<typeof stageConfigSchema>;
