import { describe, expect, test } from '@jest/globals';
import { type Operation, routes } from '../../../lambdas/contracts/routes.ts';
import { matchRoute } from '../../../lambdas/runtime/match-route.ts';

describe('routing', () => {
  test.each(Object.entries(routes) as [Operation, (typeof routes)[Operation]][])(
    '%s is found by its own method and path',
    (operation, route) => {
      const path = route.path.replaceAll(/\{\w+\}/g, 'x1');
      expect(matchRoute(route.method, path)).toMatchObject({ kind: 'matched', operation, route });
    },
  );

  test('a path without parameters is not taken for one with', () => {
    expect(matchRoute('GET', '/v1/sales')).toMatchObject({ operation: 'listSales', params: {} });
    expect(matchRoute('GET', '/v1/sales/availability')).toMatchObject({ operation: 'getSale', params: { saleId: 'availability' } });
  });

  test.each([
    ['/v1/sales/a%2Fb', 'a/b'],
    ['/v1/sales/%64rop', 'drop'],
    ['/v1/sales/%zz', '%zz'],
    ['/v1/sales/%E0%A4', '%E0%A4'],
    ['/v1/sales/..', '..'],
    ['/v1/sales/__proto__', '__proto__'],
  ])('%s names the sale %j: a slash in an id makes no segment', (path, saleId) => {
    expect(matchRoute('GET', path)).toMatchObject({ operation: 'getSale', params: { saleId } });
  });

  test.each([
    '',
    '/',
    '/v1',
    '/v1/',
    '/v1/sales/',
    '/v1/sales/drop/',
    '//v1/sales',
    '/v1//sales',
    '/V1/sales',
    '/v1/%73ales',
    '/v1/sales/drop/orders/',
    'v1/sales',
    '*',
  ])('there is nothing at %j', (path) => {
    expect(matchRoute('GET', path)).toEqual({ kind: 'not-found' });
    expect(matchRoute('OPTIONS', path)).toEqual({ kind: 'not-found' });
  });

  test('HEAD goes where GET goes, and nowhere else', () => {
    expect(matchRoute('HEAD', '/v1/sales/drop')).toMatchObject({ kind: 'matched', operation: 'getSale' });
    expect(matchRoute('HEAD', '/v1/guests')).toEqual({ kind: 'method-not-allowed', allow: 'POST, OPTIONS' });
  });

  test('two methods of one path are both allowed, each once', () => {
    expect(matchRoute('POST', '/v1/admin/sales/drop')).toEqual({ kind: 'method-not-allowed', allow: 'PUT, GET, HEAD, OPTIONS' });
    expect(matchRoute('OPTIONS', '/v1/admin/sales/drop')).toEqual({ kind: 'options', allow: 'PUT, GET, HEAD, OPTIONS' });
  });
});
