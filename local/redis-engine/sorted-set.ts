/** Members with scores, ordered by score, then by the member's bytes. */
export class SortedSet {
  readonly #scores = new Map<string, number>();
  /** Members in order. */
  readonly #order: string[] = [];

  get size(): number {
    return this.#order.length;
  }

  score(member: string): number | undefined {
    return this.#scores.get(member);
  }

  /** Gives the member this score, or takes it out (undefined). */
  set(member: string, score: number | undefined): void {
    const before = this.#scores.get(member);
    if (before !== undefined) {
      this.#order.splice(this.#indexOf(before, member), 1);
      this.#scores.delete(member);
    }
    if (score === undefined) return;
    this.#order.splice(this.#indexOf(score, member), 0, member);
    this.#scores.set(member, score);
  }

  /** Members from rank to rank, both included. */
  byRank(first: number, last: number): string[] {
    return this.#order.slice(first, last + 1);
  }

  /** Members from the first whose score passes `from` to the last that passes `to`: tests that change once as scores grow. */
  byScore(from: (score: number) => boolean, to: (score: number) => boolean): string[] {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (from(this.#scoreAt(middle))) high = middle;
      else low = middle + 1;
    }
    let end = low;
    while (end < this.#order.length && to(this.#scoreAt(end))) end += 1;
    return this.#order.slice(low, end);
  }

  #scoreAt(index: number): number {
    return this.#scores.get(this.#order[index] ?? '') ?? Number.NaN;
  }

  /** Where the member with this score is, or belongs. */
  #indexOf(score: number, member: string): number {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const at = this.#scoreAt(middle);
      if (at < score || (at === score && (this.#order[middle] ?? '') < member)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
