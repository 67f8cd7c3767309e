import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { type Route, routes } from '../../lambdas/contracts/routes.ts';
import { hostileBody, long, nastyText } from './hostile-bodies.ts';

/** A request as bytes, and what is known of it. */
export interface HostileRequest {
  readonly bytes: Buffer;
  /** Whether HTTP itself is broken, or a bound of the load balancer passed, so that it may refuse in its own words, or hang up. */
  readonly brokenHttp: boolean;
}

/** Tokens that are good, so that what comes with them gets deep. */
export interface Credentials {
  readonly operator: string;
  readonly guest: string;
}

/** The load balancer takes 64 KiB of headers; some of it is its own count. */
const headBytesTaken = 60_000;

/** Escapes for a path or a query: right ones, malformed ones, overlong UTF-8, lone surrogates, or nothing escaped. */
const escaped = fc.oneof(
  nastyText.map((text) => encodeURIComponent(text.toWellFormed())),
  fc.constantFrom(
    '%',
    '%2',
    '%zz',
    '%00',
    '%c0%af',
    '%ed%a0%80',
    '%ff%fe',
    '%u0041',
    '%2e%2e%2f',
    '%25%32%35',
    '+',
    '&&==&',
    ';',
    '%0d%0aX-Evil:%201',
  ),
  fc.stringMatching(/^[!"$-~]{0,60}$/).filter((text) => !text.includes('?')),
);

interface Target {
  readonly method: string;
  readonly path: string;
  /** Pattern of the path in the route table; empty when it is of no route. */
  readonly pattern: string;
}

const oddMethod = fc.constantFrom('HEAD', 'HEAD', 'OPTIONS', 'DELETE', 'PATCH', 'PUT', 'TRACE', 'PROPFIND', 'LOCK');

/** Calls that change something: most of the attacks. */
const changes = Object.values<Route>(routes).filter(({ method }) => method !== 'GET');

/** Paths of the table with nasty parameters, and paths of no table. Changes of a sale never name the sale that is watched. */
const target: fc.Arbitrary<Target> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc
      .constantFrom(...changes, ...changes, ...changes, ...Object.values(routes))
      .chain(({ path, method }) =>
        fc.record({
          method: fc.oneof({ weight: 12, arbitrary: fc.constant(method as string) }, { weight: 1, arbitrary: oddMethod }),
          pattern: fc.constant(path),
          values: fc.array(fc.oneof({ weight: 4, arbitrary: fc.constant('fuzz') }, { weight: 1, arbitrary: escaped }), {
            minLength: 3,
            maxLength: 3,
          }),
        }),
      )
      .map(({ method, pattern, values }) => {
        const watched = !pattern.includes('/admin/') || method === 'GET';
        let next = 0;
        const path = pattern.replaceAll(/\{\w+\}/g, () => values[next++] ?? '');
        return { method, pattern, path: watched ? path : path.replace('/fuzz', '/scratch') };
      }),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.oneof(fc.constantFrom('GET', 'POST', 'PUT'), oddMethod), fc.constantFrom('/v1/', '/', '/problems/'), escaped)
      .map(([method, start, rest]) => ({ method, pattern: '', path: start + rest })),
  },
);

const query = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.tuple(fc.oneof(fc.constantFrom('limit', 'cursor', 'state', 'saleId', 'idempotencyKey', 'customerId'), escaped), escaped), {
        maxLength: 5,
      })
      .map((pairs) => `?${pairs.map(([name, value]) => `${name}=${value}`).join('&')}`),
  },
  // A tag of the right length and any position: forged cursors.
  { weight: 1, arbitrary: fc.base64String({ minLength: 22, maxLength: 120 }).map((text) => `?cursor=${encodeURIComponent(text)}`) },
);

const base64url = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const jwt = (header: unknown, claims: unknown, signature = '') => `${base64url(header)}.${base64url(claims)}.${signature}`;
const signed = (header: unknown, claims: unknown) => {
  const text = `${base64url(header)}.${base64url(claims)}`;
  return `${text}.${createHmac('sha256', 'not the key').update(text).digest('base64url')}`;
};
const claims = { iss: 'penstock', aud: 'penstock', sub: 'fuzzer', exp: 4_000_000_000 };

const authorization = ({ operator, guest }: Credentials): fc.Arbitrary<string | undefined> => {
  const [head = '', payload = '', signature = ''] = guest.split('.');
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant(`Bearer ${operator}`) },
    { weight: 2, arbitrary: fc.constant(`Bearer ${guest}`) },
    { weight: 1, arbitrary: fc.constant(undefined) },
    {
      weight: 3,
      arbitrary: fc
        .constantFrom(
          jwt({ alg: 'none' }, claims),
          jwt({ alg: 'NONE', typ: 'JWT' }, claims, signature),
          signed({ alg: 'HS256' }, claims),
          signed({ alg: 'HS256', crit: ['exp'], exp: 1 }, claims),
          signed({ alg: 'HS256', jwk: { kty: 'oct', k: 'bm90IHRoZSBrZXk' } }, claims),
          signed({ alg: 'RS256', jku: 'http://127.0.0.1:1/keys' }, claims),
          signed({ alg: 'HS256', kid: '../../dev/null' }, { ...claims, exp: 1 }),
          signed({ alg: 'HS256', b64: false, crit: ['b64'] }, claims),
          jwt({ alg: 'HS256' }, long(20_000), signature),
          `${head}.${payload}.${'A'.repeat(43)}`,
          `${head}.${base64url({ ...claims, sub: 'operator' })}.${signature}`,
          `${head}.${payload}.${signature}.`,
          `${head}..${signature}`,
          '..',
          'a.b.c',
          `psk_${long(10_000)}`,
          'psk_',
        )
        .map((token) => `Bearer ${token}`),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', 'Bearer', 'Bearer ', 'Basic YTpi', `bearer  ${operator}`, operator, `Bearer ${operator} x`),
    },
  );
};

const visible = fc.stringMatching(/^[ -~]{0,300}$/);
const headerValue = fc.oneof(
  visible,
  fc.constantFrom(
    '',
    long(255),
    long(256),
    long(20_000),
    '\u00ff\u00fe',
    '\t',
    '"',
    '*',
    'W/"',
    '"v1"',
    '"v99999999999999999999"',
    'wait=99999',
    'wait=-1',
    'wait=5, wait=0',
  ),
);

/** A key that will do, mostly; few, so that some are used again. */
const idempotencyKey = fc.oneof(
  { weight: 6, arbitrary: fc.nat(40).map((number) => [`Idempotency-Key: k${number}`]) },
  { weight: 3, arbitrary: headerValue.map((value) => [`Idempotency-Key: ${value}`]) },
  { weight: 1, arbitrary: fc.constant([]) },
);

const otherHeader = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .tuple(
        fc.constantFrom(
          'If-Match',
          'If-None-Match',
          'Prefer',
          'X-Request-Id',
          'X-Forwarded-For',
          'X-Amzn-Trace-Id',
          'Origin',
          'Accept',
          'constructor',
          'x_under.score',
        ),
        headerValue,
      )
      .map(([name, value]) => `${name}: ${value}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'Content-Encoding: gzip',
      'Content-Encoding: IDENTITY',
      'Content-Encoding:',
      'X-HTTP-Method-Override: DELETE',
      'Expect: 100-continue',
      'Range: bytes=0-',
    ),
  },
);

const headers = fc.tuple(idempotencyKey, fc.array(otherHeader, { maxLength: 3 })).map(([key, others]) => [...key, ...others]);

const contentType = fc.oneof(
  { weight: 20, arbitrary: fc.constant('application/json') },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'text/plain',
      'application/json; charset=utf-16',
      'APPLICATION/JSON;charset="UTF-8"',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'application/json, text/html',
      'application/vnd.api+json',
      '',
      long(3000),
    ),
  },
);

/** How the body's end is told: rightly in most, in two ways at once or wrongly in some. */
const framing = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('length' as const, 'length' as const, 'chunked' as const) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'both' as const,
      'two lengths' as const,
      'bad chunk' as const,
      'unknown coding' as const,
      'negative' as const,
    ),
  },
);
type Framing = typeof framing extends fc.Arbitrary<infer T> ? T : never;

function framed(how: Framing, content: Buffer): { lines: string[]; tail: Buffer; broken: boolean } {
  const length = `Content-Length: ${content.length}`;
  const chunked = 'Transfer-Encoding: chunked';
  const chunks = Buffer.concat(
    content.length === 0
      ? [Buffer.from('0\r\n\r\n')]
      : [Buffer.from(`${content.length.toString(16)}\r\n`), content, Buffer.from('\r\n0\r\n\r\n')],
  );
  switch (how) {
    case 'length':
      return { lines: content.length === 0 ? [] : [length], tail: content, broken: false };
    case 'chunked':
      return { lines: [chunked], tail: chunks, broken: false };
    case 'both':
      return { lines: [length, chunked], tail: chunks, broken: true };
    case 'two lengths':
      return { lines: [length, `Content-Length: ${content.length + 1}`], tail: content, broken: true };
    case 'bad chunk':
      return { lines: [chunked], tail: Buffer.from('zz\r\nhello\r\n0\r\n\r\n'), broken: true };
    case 'unknown coding':
      return { lines: ['Transfer-Encoding: chunked, x-gone'], tail: chunks, broken: true };
    case 'negative':
      return { lines: ['Content-Length: -1'], tail: content, broken: true };
  }
}

/** Any request that a hostile or broken client may send, whole: the server never has to wait for the rest of it. */
export function hostileRequest(credentials: Credentials): fc.Arbitrary<HostileRequest> {
  return target
    .chain(({ method, path, pattern }) =>
      fc.record({
        start: query.map((text) => `${method} ${path}${text} HTTP/1.1`),
        token: authorization(credentials),
        headers,
        type: contentType,
        content: method === 'GET' || method === 'HEAD' ? bodyOfARead : hostileBody(pattern),
        framing,
      }),
    )
    .map((wish) => {
      const { lines, tail, broken } = framed(wish.framing, wish.content);
      const head = [
        wish.start,
        'Host: 127.0.0.1',
        'Connection: close',
        ...(wish.token === undefined ? [] : [`Authorization: ${wish.token}`]),
        ...(wish.content.length === 0 ? [] : [`Content-Type: ${wish.type}`]),
        ...wish.headers,
        ...lines,
      ];
      const headBytes = Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1');
      return {
        bytes: Buffer.concat([headBytes, tail]),
        brokenHttp: broken || headBytes.length > headBytesTaken || wish.content.length > 1_000_000,
      };
    });
}

/** Reads have no body; a few bring one all the same. */
const bodyOfARead = fc.oneof({ weight: 9, arbitrary: fc.constant(Buffer.alloc(0)) }, { weight: 1, arbitrary: hostileBody('') });
