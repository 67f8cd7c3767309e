import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const kept = 5;
const lineChars = 600;

/** Counts the lines of a stream and keeps the last few, cut to a readable length. */
export class LastLines {
  count = 0;
  readonly #last: string[] = [];

  constructor(stream: Readable) {
    createInterface({ input: stream }).on('line', (line) => {
      this.count++;
      this.#last.push(line.slice(0, lineChars));
      if (this.#last.length > kept) this.#last.shift();
    });
  }

  get text(): string {
    return this.#last.join('\n');
  }
}
