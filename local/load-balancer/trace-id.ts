import { randomUUID } from 'node:crypto';

/**
 * The X-Amzn-Trace-Id that the load balancer sends on: a new Root, or the caller's header with our Self in front.
 * @param nowMs Epoch milliseconds.
 */
export function traceId(received: string | undefined, nowMs: number): string {
  const id = `1-${Math.floor(nowMs / 1000).toString(16)}-${randomUUID().replaceAll('-', '').slice(0, 24)}`;
  if (received === undefined || !/(?:^|;)\s*Root=/.test(received)) return `Root=${id}`;
  const rest = received.split(';').filter((part) => !part.trim().startsWith('Self='));
  return [`Self=${id}`, ...rest].join(';');
}
