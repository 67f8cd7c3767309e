import { limits } from '../contracts/limits.ts';
import type { AlbRequest } from './alb-event.ts';
import { RefusedError } from './api.ts';

/** The JSON body of a request; undefined when it has none. Throws RefusedError: 413, 415 or 400, in this order. */
export function readJsonBody(request: AlbRequest): unknown {
  const bytes = request.bytes();
  if (bytes.length > limits.bodyBytes) {
    throw new RefusedError({
      problem: 'payload-too-large',
      detail: `the body has ${bytes.length} bytes, at most ${limits.bodyBytes} are taken`,
    });
  }
  if (bytes.length === 0) return undefined;
  const encoding = request.header('content-encoding') ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    throw new RefusedError({
      problem: 'unsupported-media-type',
      detail: `Content-Encoding ${encoding} is not taken: send the body as it is`,
    });
  }
  const type = request.header('content-type') ?? '';
  if (!/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type)) {
    throw new RefusedError({ problem: 'unsupported-media-type', detail: `Content-Type is "${type}", expected application/json` });
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (error) {
    throw new RefusedError({ problem: 'invalid-json', detail: `the body is not JSON in UTF-8: ${(error as Error).message}` });
  }
}
