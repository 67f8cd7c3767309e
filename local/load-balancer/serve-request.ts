import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { localLimits } from '../local-limits.ts';
import type { Outcome } from '../functions/function-host.ts';
import type { RoutedRequest } from './conditions.ts';
import { decodeResponse } from './decode-response.ts';
import { encodeEvent, splitQuery, type TakenRequest } from './encode-event.ts';
import { redirectLocation } from './redirect-location.ts';
import { type Action, chooseAction, chooseTarget, type Rule, type WeightedTarget } from './rules.ts';
import { traceId } from './trace-id.ts';

/** The listener of the templates that is brought up. */
export interface Listener {
  readonly rules: readonly Rule[];
  readonly defaultAction: Action;
  /** A target that has not answered by then is a 504. */
  readonly idleTimeoutSeconds: number;
  /** Whether headers whose names are not letters, digits and hyphens are dropped. */
  readonly dropInvalidHeaders: boolean;
}

/** Runs an event in the function with this ARN (or an alias of it). */
export type InvokeTarget = (functionArn: string, payload: string) => Promise<Outcome>;

/** As AWS's load balancers name themselves. */
const server = 'awselb/2.0';

/** An answer that the load balancer makes itself: plain HTML, as AWS's. */
function sendOwn(response: ServerResponse, status: number): void {
  const title = `${status} ${STATUS_CODES[status] ?? ''}`;
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
  response.writeHead(status, { server, 'content-type': 'text/html', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function readHeaders(raw: readonly string[], dropInvalid: boolean): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    if (dropInvalid && !/^[-a-z0-9]+$/.test(name)) continue;
    const values = headers.get(name);
    if (values === undefined) headers.set(name, [raw[index + 1] ?? '']);
    else values.push(raw[index + 1] ?? '');
  }
  return headers;
}

/** Adds what the load balancer tells of the client; the hop's own headers are not passed on. */
function addOwnHeaders(headers: Map<string, string[]>, sourceIp: string, port: number): void {
  const forwardedFor = headers.get('x-forwarded-for') ?? [];
  headers.set('x-forwarded-for', [[...forwardedFor, sourceIp].join(', ')]);
  headers.set('x-forwarded-proto', ['http']);
  headers.set('x-forwarded-port', [String(port)]);
  headers.set('x-amzn-trace-id', [traceId(headers.get('x-amzn-trace-id')?.at(-1), Date.now())]);
  for (const name of ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te']) headers.delete(name);
}

/** The body, or undefined once it is over the limit; the rest is then read and dropped, so that the client sees the answer. */
function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= localLimits.loadBalancerPayloadBytes) chunks.push(chunk);
      else resolve(undefined);
    });
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

function sendOutcome(response: ServerResponse, outcome: Outcome, { multiValueHeaders }: WeightedTarget, isHead: boolean): void {
  if (outcome.kind === 'throttled') return sendOwn(response, 503);
  if (outcome.kind !== 'answered' || Buffer.byteLength(outcome.payload) > localLimits.loadBalancerPayloadBytes)
    return sendOwn(response, 502);
  const decoded = decodeResponse(outcome.payload, multiValueHeaders);
  if (decoded === undefined) return sendOwn(response, 502);
  response.statusCode = decoded.statusCode;
  if (decoded.statusText !== undefined) response.statusMessage = decoded.statusText;
  response.setHeader('server', server);
  response.setHeader('content-type', 'application/octet-stream');
  for (const [name, values] of decoded.headers) response.setHeader(name, values);
  response.setHeader('content-length', decoded.body.length);
  response.end(isHead ? undefined : decoded.body);
}

async function forward(
  listener: Listener,
  invoke: InvokeTarget,
  response: ServerResponse,
  targets: readonly WeightedTarget[],
  taken: TakenRequest,
): Promise<void> {
  const target = chooseTarget(targets, Math.random());
  if (target?.functionArn === undefined) return sendOwn(response, 503);
  let timer: NodeJS.Timeout | undefined;
  const idle = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), listener.idleTimeoutSeconds * 1000);
  });
  const event = JSON.stringify(encodeEvent(taken, target.targetGroupArn, target.multiValueHeaders));
  const outcome = await Promise.race([invoke(target.functionArn, event), idle]);
  clearTimeout(timer);
  if (outcome === undefined) return sendOwn(response, 504);
  return sendOutcome(response, outcome, target, taken.method === 'HEAD');
}

function splitTarget(target: string): [path: string, query: string] {
  const mark = target.indexOf('?');
  return mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
}

/** Answers one request as the listener's rules say. Rejects when the client goes away while it sends. */
export async function serveRequest(
  listener: Listener,
  invoke: InvokeTarget,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path, query] = splitTarget(request.url ?? '/');
  const headers = readHeaders(request.rawHeaders, listener.dropInvalidHeaders);
  const sourceIp = request.socket.remoteAddress ?? '127.0.0.1';
  const port = request.socket.localPort ?? 0;
  const method = request.method ?? 'GET';
  const host = headers.get('host')?.at(-1) ?? '';
  const routed: RoutedRequest = { method, path, host, headers, query: splitQuery(query), sourceIp };
  const action = chooseAction(listener.rules, listener.defaultAction, routed);
  const body = await readBody(request);
  if (body === undefined) return sendOwn(response, 413);
  switch (action.type) {
    case 'fixed-response':
      response.writeHead(action.statusCode, { server, 'content-type': action.contentType }).end(action.body);
      return undefined;
    case 'redirect':
      response.writeHead(action.statusCode, { server, location: redirectLocation(action, { host, path, query, port }) }).end();
      return undefined;
    case 'forward':
      addOwnHeaders(headers, sourceIp, port);
      return forward(listener, invoke, response, action.targets, { method, path, query, headers, body });
  }
}
