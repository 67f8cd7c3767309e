import { describe, expect, test } from '@jest/globals';
import { AlbRequest } from '../../../lambdas/runtime/alb-event.ts';
import { type ApiRefusal, RefusedError } from '../../../lambdas/runtime/api.ts';
import { readJsonBody } from '../../../lambdas/runtime/read-json-body.ts';
import { albEvent } from '../../support/builders-alb.ts';

function read(body: string | Uint8Array, headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' }): unknown {
  return readJsonBody(new AlbRequest(albEvent({ method: 'POST', headers, body })));
}

function refusalOf(body: string | Uint8Array, headers?: Readonly<Record<string, string>>): ApiRefusal {
  try {
    read(body, headers);
  } catch (error) {
    if (error instanceof RefusedError) return error.refusal;
    throw error;
  }
  throw new Error('not refused');
}

/** A JSON text of so many bytes. */
const textOf = (bytes: number) => `"${'x'.repeat(bytes - 2)}"`;

describe('the body of a request', () => {
  test('of 65,536 bytes is read, of 65,537 is 413, whatever its type', () => {
    expect(read(textOf(65_536))).toHaveLength(65_534);
    expect(refusalOf(textOf(65_537)).problem).toBe('payload-too-large');
    expect(refusalOf(textOf(65_537), {}).problem).toBe('payload-too-large');
  });

  test('is measured in bytes as sent: 32,767 two-byte letters are read, 32,768 are not; base64 does not count', () => {
    expect(read(`"${'é'.repeat(32_767)}"`)).toHaveLength(32_767);
    expect(refusalOf(`"${'é'.repeat(32_768)}"`).problem).toBe('payload-too-large');
    expect(read(Buffer.from(textOf(65_536)))).toHaveLength(65_534);
    expect(refusalOf(Buffer.from(textOf(65_537))).problem).toBe('payload-too-large');
  });

  test('in base64 is the same body', () => {
    expect(read(Buffer.from('{"name":"é🎟"}'))).toEqual({ name: 'é🎟' });
  });

  test('that is not there is undefined, whatever its type says', () => {
    expect(read('', {})).toBeUndefined();
    expect(read('', { 'content-type': 'text/plain' })).toBeUndefined();
    expect(read(new Uint8Array())).toBeUndefined();
  });

  test.each([
    'application/json',
    'APPLICATION/JSON',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'application/json ; charset="utf-8"',
  ])('of the type %s is taken', (type) => {
    expect(read('{}', { 'content-type': type })).toEqual({});
  });

  test.each([
    '',
    'text/plain',
    'text/json',
    'application/jsonp',
    'application/json; charset=latin1',
    'application/problem+json',
    'multipart/form-data',
    'application/json, text/plain',
  ])('of the type %j is 415, and the type is said', (type) => {
    expect(refusalOf('{}', { 'content-type': type })).toMatchObject({
      problem: 'unsupported-media-type',
      detail: expect.stringContaining(`"${type}"`),
    });
  });

  test('that is compressed is 415; identity is as it is', () => {
    const type = { 'content-type': 'application/json' };
    expect(refusalOf('{}', { ...type, 'content-encoding': 'gzip' }).problem).toBe('unsupported-media-type');
    expect(read('{}', { ...type, 'content-encoding': 'Identity' })).toEqual({});
  });

  test.each<[string, string | Uint8Array]>([
    ['half an object', '{"a":1'],
    ['a word', 'hello'],
    ['a space', ' '],
    ['a comma too many', '[1,]'],
    ['NaN', 'NaN'],
    ['bytes that are no UTF-8', Uint8Array.from([0x22, 0xc3, 0x28, 0x22])],
    ['a letter in Latin-1', Uint8Array.from([0x22, 0xe9, 0x22])],
    ['UTF-16', Buffer.from('{}', 'utf16le')],
  ])('%s is invalid-json', (_, body) => {
    expect(refusalOf(body).problem).toBe('invalid-json');
  });

  test('nested 32,768 deep is read without a fault', () => {
    expect(Array.isArray(read('['.repeat(32_768) + ']'.repeat(32_768)))).toBe(true);
  });

  test('with a byte order mark is read', () => {
    expect(read(Buffer.from('\ufeff{"a":1}'))).toEqual({ a: 1 });
  });
});
