import { describe, expect, test } from '@jest/globals';
import { decodeResponse } from '../../../local/load-balancer/decode-response.ts';
import { encodeEvent, type TakenRequest } from '../../../local/load-balancer/encode-event.ts';

const taken = (over: Partial<TakenRequest> = {}): TakenRequest => ({
  method: 'POST',
  path: '/v1/caf%C3%A9',
  query: 'a=1&a=%20two&b&c=x=y',
  headers: new Map([
    ['content-type', ['application/json']],
    ['cookie', ['a=1', 'b=2']],
  ]),
  body: Buffer.from('{"ü":1}'),
  ...over,
});
const withHeaders = (...pairs: [string, string][]) => new Map(pairs.map(([name, value]) => [name, [value]]));

describe('the event of a request', () => {
  test('multi-value mode: every value, nothing decoded, and no plain members', () => {
    expect(encodeEvent(taken(), 'arn:tg', true)).toEqual({
      requestContext: { elb: { targetGroupArn: 'arn:tg' } },
      httpMethod: 'POST',
      path: '/v1/caf%C3%A9',
      multiValueQueryStringParameters: { a: ['1', '%20two'], b: [''], c: ['x=y'] },
      multiValueHeaders: { 'content-type': ['application/json'], cookie: ['a=1', 'b=2'] },
      body: '{"ü":1}',
      isBase64Encoded: false,
    });
  });

  test('plain mode: the last of several values, and no multi-value members', () => {
    expect(encodeEvent(taken(), 'arn:tg', false)).toEqual({
      requestContext: { elb: { targetGroupArn: 'arn:tg' } },
      httpMethod: 'POST',
      path: '/v1/caf%C3%A9',
      queryStringParameters: { a: '%20two', b: '', c: 'x=y' },
      headers: { 'content-type': 'application/json', cookie: 'b=2' },
      body: '{"ü":1}',
      isBase64Encoded: false,
    });
  });

  test('no query is an empty object', () => {
    expect(encodeEvent(taken({ query: '' }), 'arn:tg', false)).toMatchObject({ queryStringParameters: {} });
  });

  test('a query key such as __proto__ is a key like any other', () => {
    expect(JSON.stringify(encodeEvent(taken({ query: '__proto__=1' }), 'arn:tg', true))).toContain(
      '"multiValueQueryStringParameters":{"__proto__":["1"]}',
    );
  });

  test.each<[string, Map<string, string[]>, string, boolean]>([
    ['application/json with a charset is text', withHeaders(['content-type', 'application/json; charset=utf-8']), 'x', false],
    ['text of any kind is text', withHeaders(['content-type', 'text/csv']), 'x', false],
    ['application/javascript and xml are text', withHeaders(['content-type', 'application/xml']), 'x', false],
    [
      'application/problem+json is not among the types AWS calls text',
      withHeaders(['content-type', 'application/problem+json']),
      'x',
      true,
    ],
    ['no type is not text', new Map(), 'x', true],
    ['an encoded text is base64', withHeaders(['content-type', 'text/plain'], ['content-encoding', 'gzip']), 'x', true],
    ['an empty body is the empty text, whatever its type', withHeaders(['content-type', 'image/png']), '', false],
  ])('%s', (_, headers, body, base64) => {
    expect(encodeEvent(taken({ headers, body: Buffer.from(body) }), 'arn:tg', true)).toMatchObject({
      body: base64 ? Buffer.from(body).toString('base64') : body,
      isBase64Encoded: base64,
    });
  });
});

describe('the response of a function', () => {
  const decode = (response: unknown, multiValue = true) => decodeResponse(JSON.stringify(response), multiValue);

  test('multi-value mode reads multiValueHeaders only', () => {
    const response = { statusCode: 200, headers: { a: '1' }, multiValueHeaders: { 'set-cookie': ['x=1', 'y=2'], b: ['2'] }, body: 'ok' };
    expect(decode(response)).toEqual({
      statusCode: 200,
      headers: [
        ['set-cookie', ['x=1', 'y=2']],
        ['b', '2'],
      ],
      body: Buffer.from('ok'),
    });
  });

  test('plain mode reads headers only', () => {
    expect(decode({ statusCode: 200, headers: { a: '1' }, multiValueHeaders: { b: ['2'] } }, false)?.headers).toEqual([['a', '1']]);
  });

  test('a base64 body is decoded, a missing one is empty', () => {
    expect(decode({ statusCode: 200, body: 'aGk=', isBase64Encoded: true })?.body.toString()).toBe('hi');
    expect(decode({ statusCode: 204 })?.body.length).toBe(0);
  });

  test('the status description gives the reason phrase', () => {
    expect(decode({ statusCode: 418, statusDescription: "418 I'm a teapot" })?.statusText).toBe("I'm a teapot");
    expect(decode({ statusCode: 418, statusDescription: 'teapot' })?.statusText).toBeUndefined();
  });

  test('headers of the connection are not the function’s to set', () => {
    expect(decode({ statusCode: 200, multiValueHeaders: { 'Content-Length': ['7'], Connection: ['close'], A: ['1'] } })?.headers).toEqual([
      ['A', '1'],
    ]);
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['a text', 'ok'],
    ['a list', []],
    ['no status', { body: 'ok' }],
    ['a status as text', { statusCode: '200' }],
    ['a status below 200', { statusCode: 199 }],
    ['a status above 599', { statusCode: 600 }],
    ['a fraction', { statusCode: 200.5 }],
    ['a body that is an object', { statusCode: 200, body: {} }],
    ['isBase64Encoded as text', { statusCode: 200, isBase64Encoded: 'false' }],
    ['header values that are no list', { statusCode: 200, multiValueHeaders: { a: '1' } }],
    ['a header value that is a number', { statusCode: 200, multiValueHeaders: { a: [1] } }],
    ['a header value with a line break', { statusCode: 200, multiValueHeaders: { a: ['1\r\nb: 2'] } }],
    ['a header name with a space', { statusCode: 200, multiValueHeaders: { 'a b': ['1'] } }],
  ])('%s is a bad shape: 502', (_, response) => {
    expect(decode(response)).toBeUndefined();
  });

  test('a plain header value that is a number is a bad shape too', () => {
    expect(decode({ statusCode: 200, headers: { a: 1 } }, false)).toBeUndefined();
  });
});
