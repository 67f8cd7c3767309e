import net from 'node:net';

/** An answer as bytes tell it. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case; of equal ones the last. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  readonly tookMs: number;
}

/**
 * Sends bytes over a connection of their own and reads until the server closes it: a client that no library keeps from
 * sending nonsense. Resolves to undefined when the connection is closed without an answer.
 * @throws Error when nothing came, or not all, within `withinMs`.
 */
export function sendRaw(port: number, bytes: Buffer, withinMs: number): Promise<RawAnswer | undefined> {
  const startedMs = performance.now();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes));
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no whole answer within ${withinMs} ms; so far: ${Buffer.concat(chunks).toString('latin1').slice(0, 200)}`));
    }, withinMs);
    const end = () => {
      clearTimeout(timer);
      const whole = Buffer.concat(chunks);
      resolve(whole.length === 0 ? undefined : parse(whole, performance.now() - startedMs));
    };
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('end', () => socket.end());
    socket.on('close', end);
    // A server that refuses early resets the rest of what is sent; what it answered before stands.
    socket.on('error', () => socket.destroy());
  });
}

/** Reads an answer; one that only announces another (100 Continue) is passed over. */
function parse(whole: Buffer, tookMs: number): RawAnswer {
  const at = whole.indexOf('\r\n\r\n');
  if (at >= 0 && /^HTTP\/1\.1 1\d\d /.test(whole.toString('latin1', 0, 13))) return parse(whole.subarray(at + 4), tookMs);
  const [statusLine = '', ...lines] = whole
    .subarray(0, at < 0 ? undefined : at)
    .toString('latin1')
    .split('\r\n');
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1] ?? Number.NaN),
    headers,
    body: at < 0 ? '' : whole.subarray(at + 4).toString('utf8'),
    tookMs,
  };
}
