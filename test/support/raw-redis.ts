import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection that shows replies as the bytes they are. */
export class RawRedis {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async open({ host, port }: { readonly host: string; readonly port: number }): Promise<RawRedis> {
    const socket = connect(port, host);
    await once(socket, 'connect');
    return new RawRedis(socket);
  }

  /** Sends the commands at once; resolves to the reply of each, in RESP2. Words and replies are bytes (latin1). */
  async run(commands: readonly (readonly string[])[]): Promise<string[]> {
    const end = `end-${process.hrtime.bigint()}`;
    const mark = `$${end.length}\r\n${end}\r\n`;
    this.#socket.write(commands.map((words) => requestOf(words) + requestOf(['ECHO', end])).join(''), 'latin1');
    let bytes = '';
    const replies: string[] = [];
    while (replies.length < commands.length) {
      const [chunk] = (await once(this.#socket, 'data')) as [Buffer];
      bytes += chunk.toString('latin1');
      for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark)) {
        replies.push(bytes.slice(0, at));
        bytes = bytes.slice(at + mark.length);
      }
    }
    return replies;
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** A command as RESP. */
export function requestOf(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}
