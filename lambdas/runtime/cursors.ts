import { createHmac, timingSafeEqual } from 'node:crypto';
import { invalid } from './validate.ts';

const tagChars = 22;

/** Opaque, tamper-evident paging cursors: a position and an HMAC over it and over what it pages through. */
export class Cursors {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  seal(list: string, position: string): string {
    return this.#tag(list, position) + Buffer.from(position).toString('base64url');
  }

  /** The position in a cursor of ours. Throws RefusedError (invalid-request) for any other. */
  open(list: string, cursor: string): string {
    const position = Buffer.from(cursor.slice(tagChars), 'base64url').toString();
    const expected = Buffer.from(this.#tag(list, position));
    const given = Buffer.from(cursor.slice(0, tagChars));
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw invalid([{ pointer: '#query/cursor', message: 'not a cursor of this list: begin again without it' }]);
    }
    return position;
  }

  #tag(list: string, position: string): string {
    return createHmac('sha256', this.#key).update(`${list}\0${position}`).digest('base64url').slice(0, tagChars);
  }
}
