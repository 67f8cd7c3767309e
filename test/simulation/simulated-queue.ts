import type { World } from './world.ts';

export interface Message {
  readonly id: string;
  readonly body: string;
  /** Who has received it says with this when it comes back. */
  receipt: string;
  visibleAtMs: number;
  /** Until then its sender has put it off. */
  readonly delayedUntilMs: number;
  receives: number;
  /** Copies of it still allowed: a delivery after its deletion, or beside another. */
  copies: number;
}

export interface QueueOptions {
  readonly name: string;
  readonly visibilityMs: number;
  readonly maxReceives: number;
  readonly batchMessages: number;
  /** Works on a batch; says which messages failed, or that all did. */
  readonly deliver: (messages: readonly Message[]) => Promise<{ readonly failed: ReadonlySet<string> } | 'all failed'>;
}

/**
 * A standard queue of SQS and its event source mapping: at least once, in any order, delayed, hidden while it is
 * worked on, to the dead letters after too many receives ("Amazon SQS standard queues", "Using Lambda with Amazon SQS").
 */
export class SimulatedQueue {
  readonly #world: World;
  readonly #options: QueueOptions;
  readonly messages = new Map<string, Message>();
  readonly deadLetters: Message[] = [];
  #sent = 0;
  #stalledUntilMs = 0;

  constructor(world: World, options: QueueOptions) {
    this.#world = world;
    this.#options = options;
  }

  send(body: string, delaySeconds = 0): void {
    const { random, rates, nowMs, reached } = this.#world;
    this.#sent += 1;
    const late = random.chance(rates.delayed);
    if (late) reached.add('fault: a message late');
    const lateMs = late ? random.between(0, 12_000) : random.between(0, 30);
    const message: Message = {
      id: `${this.#options.name}-${this.#sent}`,
      body,
      receipt: '',
      visibleAtMs: nowMs + delaySeconds * 1000 + lateMs,
      delayedUntilMs: nowMs + delaySeconds * 1000,
      receives: 0,
      copies: random.chance(rates.duplicate) ? 2 : 0,
    };
    this.messages.set(message.id, message);
    this.#wakeAt(message.visibleAtMs);
  }

  /** From now on nothing is handed out for so long. */
  stall(forMs: number): void {
    this.#world.tell(() => `fault: ${this.#options.name} hands out nothing for ${Math.round(forMs)} ms`);
    this.#world.reached.add(`fault: ${this.#options.name} stalled`);
    this.#stalledUntilMs = this.#world.nowMs + forMs;
    this.#wakeAt(this.#stalledUntilMs);
  }

  /** As the queue's attributes tell: approximate. `delayed` is what was sent with a delay that is not over. */
  depth(): { visible: number; inFlight: number; delayed: number } {
    const { random, rates, nowMs, reached } = this.#world;
    if (random.chance(rates.wrongDepth)) {
      if (this.messages.size > 0) reached.add('fault: a queue counted wrong');
      return { visible: 0, inFlight: 0, delayed: 0 };
    }
    const all = [...this.messages.values()];
    const delayed = all.filter(({ receives, delayedUntilMs }) => receives === 0 && delayedUntilMs > nowMs).length;
    const inFlight = all.filter(({ receives, visibleAtMs }) => receives > 0 && visibleAtMs > nowMs).length;
    return { visible: all.length - inFlight - delayed, inFlight, delayed };
  }

  putOff(receipt: string, seconds: number): void {
    for (const message of this.messages.values()) {
      if (message.receipt !== receipt) continue;
      message.visibleAtMs = this.#world.nowMs + seconds * 1000;
      this.#wakeAt(message.visibleAtMs);
    }
  }

  /** What an operator does who puts the dead letters back. */
  redrive(): void {
    for (const message of this.deadLetters.splice(0)) {
      this.messages.set(message.id, { ...message, receives: 0, visibleAtMs: this.#world.nowMs, receipt: '' });
      this.#wakeAt(this.#world.nowMs);
    }
  }

  #wakeAt(atMs: number): void {
    const { timeline, random } = this.#world;
    timeline.after(Math.max(0, atMs - this.#world.nowMs) + random.between(0, 20), () => this.#poll());
  }

  #poll(): void {
    const { random, nowMs } = this.#world;
    if (nowMs < this.#stalledUntilMs) return;
    const visible = [...this.messages.values()].filter((message) => message.visibleAtMs <= nowMs);
    if (visible.length === 0) return;
    const size = random.whole(1, this.#options.batchMessages);
    const batch = random
      .shuffled(visible)
      .slice(0, size)
      .filter((message) => this.#receive(message));
    if (visible.length > size) this.#wakeAt(nowMs);
    if (batch.length > 0) void this.#deliver(batch.map((message) => ({ ...message })));
  }

  #receive(message: Message): boolean {
    const { random, nowMs } = this.#world;
    message.receives += 1;
    if (message.receives > this.#options.maxReceives) {
      this.messages.delete(message.id);
      this.deadLetters.push(message);
      this.#world.reached.add(`fault: a dead letter of ${this.#options.name}`);
      return false;
    }
    message.receipt = `${message.id}/${message.receives}`;
    const beside = message.copies > 0 && random.chance(0.5);
    if (beside) {
      message.copies -= 1;
      this.#world.reached.add('fault: a message twice at once');
    }
    message.visibleAtMs = beside ? nowMs + random.between(0, 50) : nowMs + this.#options.visibilityMs;
    this.#wakeAt(message.visibleAtMs);
    return true;
  }

  async #deliver(batch: readonly Message[]): Promise<void> {
    const outcome = await this.#options.deliver(batch);
    const { random, nowMs } = this.#world;
    for (const { id } of batch) {
      const message = this.messages.get(id);
      if (!message) continue;
      if (outcome === 'all failed' || outcome.failed.has(id)) continue;
      if (message.copies > 0) {
        // Deleted, and delivered once more all the same.
        message.copies -= 1;
        this.#world.reached.add('fault: a message after its deletion');
        message.visibleAtMs = nowMs + random.between(0, 8000);
        this.#wakeAt(message.visibleAtMs);
      } else this.messages.delete(id);
    }
  }
}
