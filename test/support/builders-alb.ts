import type { AlbEvent } from '../../lambdas/runtime/alb-event.ts';

export interface AlbWish {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly query?: Readonly<Record<string, readonly string[]>>;
  /** Text; bytes are sent in base64, as the load balancer does with what is not text. */
  readonly body?: string | Uint8Array;
}

/** An event as an Application Load Balancer makes it with multi-value headers (AWS: "Using Lambda functions as targets"). */
export function albEvent({ method = 'GET', path = '/v1/health', headers = {}, query = {}, body = '' }: AlbWish = {}): AlbEvent {
  const sent = {
    accept: '*/*',
    host: 'penstock.example',
    'x-amzn-trace-id': 'Root=1-5c536348-3d683b8b04734faae651f476',
    'x-forwarded-for': '198.51.100.7, 192.0.2.1',
    'x-forwarded-port': '443',
    'x-forwarded-proto': 'https',
    ...headers,
  };
  return {
    requestContext: {
      elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/orders/0123456789abcdef' },
    },
    httpMethod: method,
    path,
    multiValueQueryStringParameters: query,
    multiValueHeaders: Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, typeof value === 'string' ? [value] : value])),
    body: typeof body === 'string' ? body : Buffer.from(body).toString('base64'),
    isBase64Encoded: typeof body !== 'string',
  };
}
