import { limits } from '../../contracts/limits.ts';

/** A dependency is away, slow or throttling: the request may be repeated as it is. Becomes 503 or a message that comes back. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
  readonly dependency: 'gate' | 'ledger' | 'queue' | 'catalog' | 'secrets' | 'function';
  readonly retryAfterSeconds: number;
  constructor(dependency: UnavailableError['dependency'], message: string, options: { cause?: unknown; retryAfterSeconds?: number } = {}) {
    super(message, { cause: options.cause });
    this.dependency = dependency;
    this.retryAfterSeconds = options.retryAfterSeconds ?? limits.retryAfterSeconds;
  }
}

/** Stored data contradicts an invariant: never retried into silence, always alarmed (runtime/count-corruption.ts). */
export class CorruptionError extends Error {
  override readonly name = 'CorruptionError';
}
