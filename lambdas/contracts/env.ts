import * as z from 'zod/mini';
import type { FunctionName } from './functions.ts';

const text = z.string().check(z.minLength(1));
const flag = z.enum(['true', 'false']);

const base = {
  PENSTOCK_VERSION: text,
  /** AWS sets it; the local runtime too. */
  AWS_REGION: text,
} as const;
const redis = {
  REDIS_HOST: text,
  REDIS_PORT: text,
  REDIS_TLS: flag,
  REDIS_USERNAME: text,
  /** Secret whose string is the password of that user. */
  REDIS_SECRET_ARN: text,
} as const;
const web = {
  /** Secret from which the keys of order ids and guest tokens are derived. */
  DEPLOYMENT_SECRET_ARN: text,
  /** Secret whose string, with `psk_` before it, is the first operator key. */
  OPERATOR_SECRET_ARN: text,
  /** Origins that CORS answers, comma-separated; empty = none. */
  CORS_ORIGINS: z.string(),
} as const;
const sales = { SALES_TABLE: text } as const;
const ledger = { ORDERS_TABLE: text, CLAIMS_TABLE: text } as const;
const queue = { ORDERS_QUEUE_URL: text } as const;
const expiries = { EXPIRIES_QUEUE_URL: text } as const;

/** The environment of each function: parsed once at cold start; a function dies there with the name of what is wrong. */
export const environments = {
  orders: z.object({ ...base, ...redis, ...web, ...sales, ORDERS_TABLE: text, ...queue }),
  tickets: z.object({ ...base, ...redis, ...web, GUESTS: z.enum(['allowed', 'refused']), GUESTS_PER_MINUTE: text }),
  'order-reads': z.object({ ...base, ...redis, ...web, ...sales, ...ledger }),
  catalog: z.object({ ...base, ...redis, ...web, ...sales }),
  admin: z.object({ ...base, ...redis, ...web, ...sales, ...ledger, ...queue, ORDERS_DLQ_URL: text }),
  payments: z.object({
    ...base,
    ...redis,
    ...web,
    ...sales,
    ...ledger,
    /** Secret whose string is the signing secret of Stripe’s webhook endpoint (`whsec_…`). */
    STRIPE_SECRET_ARN: text,
  }),
  pages: z.object({ ...base, ...redis, ...web, ...sales, ...queue }),
  changes: z.object({ ...base, ...redis, ...sales }),
  commit: z.object({ ...base, ...redis, ...sales, ...ledger, ...queue, ...expiries }),
  expiry: z.object({ ...base, ...redis, ...ledger, ...expiries }),
  sweep: z.object({ ...base, ...redis, ...sales, ...ledger, ...queue }),
} as const satisfies Record<FunctionName, z.ZodMiniObject>;

type Environments = { readonly [F in FunctionName]: z.infer<(typeof environments)[F]> };
/** The environment of a function as its code sees it. */
export type Environment<F extends FunctionName> = Environments[F];
/** What the CDK app must set: all but what AWS sets. */
export type DeployedEnvironment<F extends FunctionName> = Omit<Environment<F>, 'AWS_REGION'>;
