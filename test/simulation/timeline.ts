interface Happening {
  readonly atMs: number;
  /** Of two at the same time the one that was planned first. */
  readonly order: number;
  readonly happen: () => void;
}

/**
 * Virtual time: what is to happen, each thing when nothing that it may depend on is still running. The clock moves
 * only from one happening to the next, so a day takes as long as what happens in it.
 */
export class Timeline {
  readonly #heap: Happening[] = [];
  #nowMs: number;
  #planned = 0;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  /** Epoch ms, with parts of a millisecond. */
  get nowMs(): number {
    return this.#nowMs;
  }

  after(ms: number, happen: () => void): void {
    this.#planned += 1;
    push(this.#heap, { atMs: this.#nowMs + ms, order: this.#planned, happen });
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Lets happen what is planned until then, in its order. What is thrown in a happening is thrown here. */
  async runUntil(endMs: number): Promise<void> {
    for (let next = this.#heap[0]; next !== undefined && next.atMs <= endMs; next = this.#heap[0]) {
      pop(this.#heap);
      this.#nowMs = next.atMs;
      next.happen();
      await settled();
    }
    this.#nowMs = Math.max(this.#nowMs, endMs);
  }
}

/** Resolves when every promise that can go on has gone on: all of it is microtasks, and those end before this. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function precedes(one: Happening, other: Happening): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}

function push(heap: Happening[], added: Happening): void {
  let at = heap.length;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent] as Happening;
    if (precedes(above, added)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = added;
}

function pop(heap: Happening[]): void {
  const moved = heap.pop();
  if (moved === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && precedes(heap[child + 1] as Happening, heap[child] as Happening)) child += 1;
    if (precedes(moved, heap[child] as Happening)) break;
    heap[at] = heap[child] as Happening;
    at = child;
  }
  heap[at] = moved;
}
