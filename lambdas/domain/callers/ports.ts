/** What became of one call against a limit. */
export interface RateDecision {
  /** False: not counted; come again when the window ends. */
  readonly allowed: boolean;
  /** Calls left in the window. */
  readonly remaining: number;
  /** Whole seconds, rounded up, until the window ends and the limit is whole again. */
  readonly resetSeconds: number;
}

/** Limits how often a bucket (an address, a caller) may do something. Throws UnavailableError when its store is away or slow. */
export interface RateLimiter {
  /** Counts one call in a window that begins with the bucket's first call and lasts `windowSeconds`. */
  take(bucket: string, limit: number, windowSeconds: number, nowMs: number): Promise<RateDecision>;
}
