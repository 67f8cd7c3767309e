import { describe, expect, test } from '@jest/globals';
import * as z from 'zod/mini';
import { type ApiRefusal, RefusedError } from '../../../lambdas/runtime/api.ts';
import { type FieldError, invalid, parseBody, parseValue } from '../../../lambdas/runtime/validate.ts';

function refusalOf(action: () => unknown): ApiRefusal {
  try {
    action();
  } catch (error) {
    if (error instanceof RefusedError) return error.refusal;
    throw error;
  }
  throw new Error('not refused');
}

function errorsOf(schema: z.ZodMiniType, body: unknown): FieldError[] {
  return refusalOf(() => parseBody(schema, body)).members?.['errors'] as FieldError[];
}

const one = (schema: z.ZodMiniType) => z.strictObject({ a: schema });

describe('what is wrong with a body is said in plain words', () => {
  test.each<[string, z.ZodMiniType, unknown, FieldError]>([
    ['a member missing', one(z.string()), {}, { pointer: '/a', message: 'missing' }],
    ['a choice missing', one(z.enum(['x'])), {}, { pointer: '/a', message: 'missing' }],
    ['null for a text', one(z.string()), { a: null }, { pointer: '/a', message: 'expected string' }],
    ['a text for a number', one(z.int()), { a: '1' }, { pointer: '/a', message: 'expected number' }],
    ['a broken number', one(z.int()), { a: 1.5 }, { pointer: '/a', message: 'expected a whole number' }],
    ['one of none', one(z.enum(['x', 'y'])), { a: 'z' }, { pointer: '/a', message: 'expected one of "x", "y"' }],
    ['a literal with its own words', one(z.literal('x', 'only x')), { a: 'z' }, { pointer: '/a', message: 'only x' }],
    ['too small', one(z.int().check(z.minimum(1))), { a: 0 }, { pointer: '/a', message: 'too small: at least 1' }],
    ['too long', one(z.string().check(z.maxLength(2))), { a: 'abc' }, { pointer: '/a', message: 'too big: at most 2 characters' }],
    ['too many', one(z.array(z.int()).check(z.maxLength(0))), { a: [1] }, { pointer: '/a', message: 'too big: at most 0 entries' }],
    ['a pattern', one(z.string().check(z.regex(/^x$/))), { a: 'y' }, { pointer: '/a', message: 'must match /^x$/' }],
    [
      'a check of our own',
      one(z.string().check(z.refine(() => false, 'no such day'))),
      { a: 'y' },
      { pointer: '/a', message: 'no such day' },
    ],
    ['an unknown member, escaped', one(z.string()), { a: 'x', 'b/c~d': 1 }, { pointer: '/b~1c~0d', message: 'unknown member' }],
    ['deep inside', one(z.array(z.strictObject({ b: z.int() }))), { a: [{ b: 1 }, {}] }, { pointer: '/a/1/b', message: 'missing' }],
    ['no body at all', one(z.string()), undefined, { pointer: '', message: 'missing' }],
  ])('%s', (_, schema, body, error) => {
    expect(errorsOf(schema, body)).toEqual([error]);
  });

  test('the detail tells the first, and how many more', () => {
    const { detail } = refusalOf(() => parseBody(z.strictObject({ a: z.int(), b: z.int(), c: z.int() }), {}));
    expect(detail).toBe('/a: missing (and 2 more)');
    expect(refusalOf(() => parseBody(one(z.int()), undefined)).detail).toBe('the body: missing');
  });

  test('at most 50 are listed', () => {
    const body = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 1]));
    expect(errorsOf(z.strictObject({}), body)).toHaveLength(50);
    expect(invalid([]).refusal.detail).toBe('the request is not valid');
  });

  test('what is right is given back', () => {
    expect(parseBody(one(z.int()), { a: 1 })).toEqual({ a: 1 });
    expect(parseValue(z.string(), 'query', 'q', 'x')).toBe('x');
  });

  test('a header, a query parameter and a path segment are named as such', () => {
    for (const place of ['header', 'query', 'path'] as const) {
      expect(refusalOf(() => parseValue(z.string().check(z.regex(/^x$/)), place, 'Some-Name', 'y')).members).toEqual({
        errors: [{ pointer: `#${place}/Some-Name`, message: 'must match /^x$/' }],
      });
    }
  });
});
