import { limits } from '../../contracts/limits.ts';
import { UnavailableError } from '../../domain/kernel/faults.ts';
import { asFault } from './faults.ts';
import { openClient, type RedisClient, type RedisSettings } from './open-client.ts';

/**
 * One connection to Redis. Every call has a deadline of its own, because the client's timeouts do not bound redirects
 * and reconnects. While Redis is away each call throws UnavailableError; the first one after its return finds it again.
 */
export class RedisConnection {
  readonly #settings: RedisSettings;
  #client: RedisClient | undefined;
  #opening: Promise<RedisClient> | undefined;
  /** What the client last reported of its connection: the cause of calls that fail for want of one. */
  #lastError: Error | undefined;
  #closed = false;

  constructor(settings: RedisSettings) {
    this.#settings = settings;
  }

  /** Runs one call (`name` is for messages) within `deadlineMs`; when that has passed, it may have taken effect all the same. */
  async call<T>(name: string, deadlineMs: number, work: (client: RedisClient) => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new UnavailableError('gate', `Redis call ${name} took over ${deadlineMs} ms`, { cause: this.#lastError }));
      }, deadlineMs);
    });
    try {
      const result = await Promise.race([this.#client ? work(this.#client) : this.#open().then(work), late]);
      this.#lastError = undefined;
      return result;
    } catch (error) {
      throw asFault(error, name, this.#lastError);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ready to serve? Throws UnavailableError if not. */
  async ping(): Promise<void> {
    await this.call('PING', limits.gateCallMs, (client) => client.ping());
  }

  /** Lets go at once and for good; calls under way fail. */
  close(): void {
    this.#closed = true;
    this.#client?.disconnect();
  }

  /** One attempt at a time; a failed one is forgotten, so that the next call makes another. */
  #open(): Promise<RedisClient> {
    if (this.#closed) return Promise.reject(new UnavailableError('gate', 'this connection to Redis was closed'));
    this.#opening ??= this.#openOnce().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #openOnce(): Promise<RedisClient> {
    const client = await openClient(this.#settings, (error) => {
      this.#lastError = error;
    });
    if (this.#closed) client.disconnect();
    this.#client = client;
    return client;
  }
}
