/** How long each part of the start took. Parts run at once, so they do not add up. */
export class Timings {
  readonly #startedMs = performance.now();
  readonly #parts: string[] = [];

  /** Times one part. */
  async time<T>(name: string, part: () => Promise<T>): Promise<T> {
    const fromMs = performance.now();
    try {
      return await part();
    } finally {
      this.#parts.push(`${name} ${Math.round(performance.now() - fromMs)} ms`);
    }
  }

  /** Such as `build 120 ms · dynoxide 50 ms`. */
  get line(): string {
    return this.#parts.join(' · ');
  }

  /** Since the beginning. */
  get elapsedMs(): number {
    return performance.now() - this.#startedMs;
  }
}
