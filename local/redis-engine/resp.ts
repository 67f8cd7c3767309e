import { localLimits } from '../local-limits.ts';
import { ErrorReply, type Reply, StatusReply } from './reply.ts';

/** Thrown for bytes that are no request; the connection is closed after the error. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

const lineEnd = 13;

/** Requests out of the bytes of one connection, in whatever pieces they come. */
export class RequestReader {
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Words of the request that has begun, and how many it has. */
  #words: string[] = [];
  #count = 0;

  /** The requests that are complete with these bytes. Throws a ProtocolError, as Redis words it. */
  *read(chunk: Buffer): IterableIterator<readonly string[]> {
    this.#bytes = this.#at === this.#bytes.length ? chunk : Buffer.concat([this.#bytes.subarray(this.#at), chunk]);
    this.#at = 0;
    for (;;) {
      const request = this.#next();
      if (request === undefined) return;
      if (request.length > 0) yield request;
    }
  }

  #next(): readonly string[] | undefined {
    if (this.#count === 0) {
      const line = this.#line();
      if (line === undefined) return undefined;
      if (!line.startsWith('*')) return line.split(' ').filter((word) => word !== '');
      this.#count = countOf(line, localLimits.redisArguments, 'invalid multibulk length');
      if (this.#count === 0) return [];
    }
    while (this.#words.length < this.#count) {
      const word = this.#word();
      if (word === undefined) return undefined;
      this.#words.push(word);
    }
    const request = this.#words;
    this.#words = [];
    this.#count = 0;
    return request;
  }

  #word(): string | undefined {
    const start = this.#at;
    const line = this.#line();
    if (line === undefined) return undefined;
    if (!line.startsWith('$')) throw new ProtocolError(`expected '$', got '${line.slice(0, 1)}'`);
    const end = this.#at + countOf(line, localLimits.redisArgumentBytes, 'invalid bulk length');
    if (this.#bytes.length < end + 2) {
      this.#at = start;
      return undefined;
    }
    const word = this.#bytes.toString('latin1', this.#at, end);
    this.#at = end + 2;
    return word;
  }

  /** The next whole line, without its end. */
  #line(): string | undefined {
    const end = this.#bytes.indexOf(lineEnd, this.#at);
    if (end < 0 || end + 1 >= this.#bytes.length) return undefined;
    const line = this.#bytes.toString('latin1', this.#at, end);
    this.#at = end + 2;
    return line;
  }
}

function countOf(line: string, most: number, refusal: string): number {
  const count = Number(line.slice(1));
  if (!Number.isInteger(count) || count < 0 || count > most) throw new ProtocolError(refusal);
  return count;
}

/** A reply as RESP2, its bytes as characters. */
export function encodeReply(reply: Reply): string {
  if (typeof reply === 'string') return `$${reply.length}\r\n${reply}\r\n`;
  if (typeof reply === 'number') return `:${reply}\r\n`;
  if (reply === null) return '$-1\r\n';
  if (reply instanceof StatusReply) return `+${reply.text}\r\n`;
  if (reply instanceof ErrorReply) return `-${reply.text.replaceAll(/[\r\n]/g, ' ')}\r\n`;
  return `*${reply.length}\r\n${reply.map(encodeReply).join('')}`;
}
