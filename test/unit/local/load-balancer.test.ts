import { describe, expect, test } from '@jest/globals';
import { type Condition, holds, type RoutedRequest } from '../../../local/load-balancer/conditions.ts';
import { redirectLocation } from '../../../local/load-balancer/redirect-location.ts';
import { type Action, chooseAction, chooseTarget, type Rule, type WeightedTarget } from '../../../local/load-balancer/rules.ts';
import { traceId } from '../../../local/load-balancer/trace-id.ts';

const request = (over: Partial<RoutedRequest> = {}): RoutedRequest => ({
  method: 'GET',
  path: '/v1/sales/demo/orders',
  host: 'shop.example.com:3000',
  headers: new Map([['x-kind', ['Robot', 'Human']]]),
  query: [
    ['page', '2'],
    ['Sort', 'Asc'],
  ],
  sourceIp: '10.1.2.3',
  ...over,
});

describe('the six conditions of a listener rule', () => {
  test.each<[string, Condition, Partial<RoutedRequest>, boolean]>([
    ['path: * also matches /', { field: 'path-pattern', values: ['/v1/*/orders'] }, {}, true],
    ['path: * matches nothing at all', { field: 'path-pattern', values: ['/v1/sales*'] }, { path: '/v1/sales' }, true],
    ['path: ? is exactly one character', { field: 'path-pattern', values: ['/v?/x'] }, { path: '/v1/x' }, true],
    ['path: ? is not none', { field: 'path-pattern', values: ['/v?/x'] }, { path: '/v/x' }, false],
    ['path: the whole path must match', { field: 'path-pattern', values: ['/v1/sales'] }, { path: '/v1/sales/demo' }, false],
    ['path: case counts', { field: 'path-pattern', values: ['/v1/sales'] }, { path: '/V1/sales' }, false],
    ['path: a dot is a dot', { field: 'path-pattern', values: ['/a.b'] }, { path: '/axb' }, false],
    ['path: an escaped star is a star', { field: 'path-pattern', values: ['/a\\*'] }, { path: '/ab' }, false],
    ['path: it is not decoded', { field: 'path-pattern', values: ['/a b'] }, { path: '/a%20b' }, false],
    ['path: one of several values', { field: 'path-pattern', values: ['/x', '/y'] }, { path: '/y' }, true],
    ['host: without the port, in any case', { field: 'host-header', values: ['*.EXAMPLE.com'] }, {}, true],
    ['host: another', { field: 'host-header', values: ['example.com'] }, {}, false],
    ['method: exact', { field: 'http-request-method', values: ['POST', 'GET'] }, {}, true],
    ['method: case counts', { field: 'http-request-method', values: ['get'] }, {}, false],
    ['header: any of its values, in any case', { field: 'http-header', name: 'x-kind', values: ['hum*'] }, {}, true],
    ['header: missing', { field: 'http-header', name: 'x-none', values: ['*'] }, {}, false],
    ['query: key and value, in any case', { field: 'query-string', pairs: [{ key: 'sort', value: 'asc' }] }, {}, true],
    ['query: value alone', { field: 'query-string', pairs: [{ value: '2' }] }, {}, true],
    ['query: right key, wrong value', { field: 'query-string', pairs: [{ key: 'page', value: '3' }] }, {}, false],
    ['source: inside the block', { field: 'source-ip', values: ['10.1.0.0/16'] }, {}, true],
    ['source: outside the block', { field: 'source-ip', values: ['10.2.0.0/16'] }, {}, false],
    ['source: an IPv4 address in IPv6 clothes', { field: 'source-ip', values: ['10.1.2.3/32'] }, { sourceIp: '::ffff:10.1.2.3' }, true],
    ['source: everybody', { field: 'source-ip', values: ['0.0.0.0/0'] }, {}, true],
  ])('%s', (_, condition, over, expected) => {
    expect(holds(condition, request(over))).toBe(expected);
  });
});

const respond = (statusCode: number): Action => ({ type: 'fixed-response', statusCode, contentType: 'text/plain', body: '' });
const rule = (priority: number, ...conditions: Condition[]): Rule => ({ priority, conditions, action: respond(200 + priority) });

describe('the choice of an action', () => {
  const get: Condition = { field: 'http-request-method', values: ['GET'] };
  const post: Condition = { field: 'http-request-method', values: ['POST'] };
  const orders: Condition = { field: 'path-pattern', values: ['*/orders'] };

  test('the lowest priority wins, wherever it stands in the list', () => {
    expect(chooseAction([rule(20, get), rule(10, orders)], respond(200), request())).toEqual(respond(210));
  });

  test('all conditions of a rule must hold', () => {
    expect(chooseAction([rule(10, orders, post), rule(20, orders, get)], respond(200), request())).toEqual(respond(220));
  });

  test('without a rule that holds, the default action', () => {
    expect(chooseAction([rule(10, post)], respond(200), request())).toEqual(respond(200));
  });
});

describe('weights', () => {
  const target = (targetGroupArn: string, weight: number): WeightedTarget => ({ targetGroupArn, weight, multiValueHeaders: true });
  const targets = [target('a', 1), target('b', 0), target('c', 3)];

  test.each([
    [0, 'a'],
    [0.249, 'a'],
    [0.25, 'c'],
    [0.999, 'c'],
  ])('a draw of %d takes %s of the weights 1, 0, 3', (draw, expected) => {
    expect(chooseTarget(targets, draw)?.targetGroupArn).toBe(expected);
  });

  test('all weights 0: nobody', () => {
    expect(chooseTarget([target('a', 0), target('b', 0)], 0.5)).toBeUndefined();
  });
});

describe('a redirect', () => {
  const action = {
    type: 'redirect',
    statusCode: 301,
    protocol: 'HTTPS',
    host: '#{host}',
    port: '443',
    path: '/#{path}',
    query: '#{query}',
  } as const;

  test('keeps host, path and query, and leaves out the default port', () => {
    expect(redirectLocation(action, { host: 'shop.test:80', path: '/a/b', query: 'x=1', port: 80 })).toBe('https://shop.test/a/b?x=1');
  });

  test('names another port and drops an empty query', () => {
    expect(redirectLocation({ ...action, port: '8443' }, { host: 'shop.test', path: '/', query: '', port: 80 })).toBe(
      'https://shop.test:8443/',
    );
  });
});

describe('x-amzn-trace-id', () => {
  test('is made where there is none', () => {
    expect(traceId(undefined, 1_700_000_000_000)).toMatch(/^Root=1-6553f100-[0-9a-f]{24}$/);
  });

  test('keeps the Root of the caller and names itself in front', () => {
    expect(traceId('Root=1-67891233-abcdef012345678912345678;Sampled=1', 1_700_000_000_000)).toMatch(
      /^Self=1-6553f100-[0-9a-f]{24};Root=1-67891233-abcdef012345678912345678;Sampled=1$/,
    );
  });
});
