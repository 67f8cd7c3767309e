import { limits } from '../contracts/limits.ts';
import type { Clock } from '../domain/kernel/ports.ts';
import type { SecretReader } from './secrets.ts';

/**
 * A secret that people change while functions run: read again once it is older than limits.secretRenewMs, so that the new
 * value is in use within that time everywhere. Throws UnavailableError.
 */
export class RenewedSecret {
  readonly #secrets: Pick<SecretReader, 'read'>;
  readonly #arn: string;
  readonly #clock: Clock;
  #known: { readonly value: Promise<string>; readonly readAtMs: number } | undefined;

  constructor(secrets: Pick<SecretReader, 'read'>, arn: string, clock: Clock) {
    this.#secrets = secrets;
    this.#arn = arn;
    this.#clock = clock;
  }

  /** The value; calls beside one another share one read, and a failed one is forgotten. */
  read(): Promise<string> {
    const nowMs = this.#clock.nowMs();
    if (this.#known && nowMs - this.#known.readAtMs < limits.secretRenewMs) return this.#known.value;
    const known = { value: this.#secrets.read(this.#arn), readAtMs: nowMs };
    this.#known = known;
    known.value.catch(() => {
      if (this.#known === known) this.#known = undefined;
    });
    return known.value;
  }
}
