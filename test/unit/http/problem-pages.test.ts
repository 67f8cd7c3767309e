import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { problemGuide } from '../../../lambdas/contracts/problem-guide.ts';
import { type ProblemCode, problems } from '../../../lambdas/contracts/problems.ts';
import { getProblem, listProblems } from '../../../lambdas/http/get-problem.ts';
import type { ApiResponse, ApiSuccess } from '../../../lambdas/runtime/api.ts';
import { answerOf } from '../../support/builders-request.ts';

const codes = Object.keys(problems) as ProblemCode[];

function successOf(answer: ApiResponse): ApiSuccess {
  if ('problem' in answer) throw new Error(`refused: ${answer.problem}`);
  return answer;
}

const pageOf = async (code: string) => String(successOf(await answerOf(getProblem, { params: { code } })).body);
/** What a reader reads. */
const textOf = (html: string) =>
  html
    .replaceAll(/<style>.*?<\/style>|<[^>]+>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&');

describe('the page of a problem', () => {
  test.each(codes)('%s: what it means, what to do, whether to try again and with which key', async (code) => {
    const { meaning, action, ...retry } = problemGuide[code];
    const text = textOf(await pageOf(code));
    for (const part of [problems[code].title, code, `HTTP status ${problems[code].status}`, meaning, action]) expect(text).toContain(part);
    for (const part of [meaning, action]) expect(part).toMatch(/^[A-Z].{8,}\.$/);
    const advice = {
      no: 'No: the same request',
      'same-request': 'Yes, the same request',
      'change-request': 'Yes, once the request is changed',
    };
    expect(text).toContain(advice[retry.retry]);
    if (retry.retry === 'no') expect(text).not.toContain('Idempotency-Key');
    else expect(text).toContain(retry.key === 'new' ? 'Make a new key' : 'keep the same key');
  });

  test('only a key that is missing or used up, or a withdrawal that was refused, asks for a new one', () => {
    const renewed = codes.filter((code) => 'key' in problemGuide[code] && problemGuide[code].key === 'new');
    expect(renewed).toEqual(['idempotency-key-required', 'idempotency-key-reused', 'capacity-in-use']);
  });

  test.each(['gone', '__proto__', 'constructor', 'toString', '<script>', ''])('there is none of %j: 404', async (code) => {
    expect(await answerOf(getProblem, { params: { code } })).toMatchObject({ problem: 'not-found' });
  });
});

describe('the list of problems', () => {
  test('links each once, in the order of the catalogue', async () => {
    const html = String(successOf(await answerOf(listProblems)).body);
    expect([...html.matchAll(/href="\/problems\/([a-z-]+)"/g)].map(([, code]) => code)).toEqual(codes);
    for (const code of codes) expect(textOf(html)).toContain(problemGuide[code].meaning);
  });
});

describe.each([
  ['a problem', getProblem, { code: 'sold-out' }],
  ['the list', listProblems, {}],
] as const)('the page of %s', (_, handler, params) => {
  test('is self-contained: its policy lets in its own style by hash, and nothing else', async () => {
    const { body, headers } = successOf(await answerOf(handler, { params }));
    const styles = [...String(body).matchAll(/<style>(.*?)<\/style>/gs)].map(([, style = '']) => style);
    expect(styles).toHaveLength(1);
    const hash = createHash('sha256')
      .update(styles[0] ?? '')
      .digest('base64');
    expect(headers?.['content-security-policy']).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(headers?.['content-type']).toBe('text/html; charset=utf-8');
    expect(String(body)).not.toMatch(/<script|<link|<img|\sstyle=|\son\w+=|https?:/i);
  });

  test('has a language, a title, one heading, a width for phones, and light and dark by the reader’s choice', async () => {
    const html = String(successOf(await answerOf(handler, { params })).body);
    expect(html).toMatch(/^<!doctype html><html lang="en">/);
    expect(html).toMatch(/<title>[^<]+ · Penstock<\/title>/);
    expect(html.match(/<h1>/g)).toHaveLength(1);
    expect(html).toContain('<meta name="viewport" content="width=device-width,initial-scale=1">');
    expect(html).toContain('color-scheme:light dark');
  });

  test('may be kept 5 minutes, and is not sent again to who has it', async () => {
    const { headers } = successOf(await answerOf(handler, { params }));
    expect(headers?.['cache-control']).toBe('public, max-age=300');
    const etag = headers?.['etag'] ?? '';
    expect(etag).toMatch(/^W\/"[\w-]{22}"$/);
    expect(await answerOf(handler, { params, headers: { 'if-none-match': etag } })).toEqual({
      status: 304,
      headers: { etag, 'cache-control': 'public, max-age=300' },
    });
    expect(await answerOf(handler, { params, headers: { 'if-none-match': '"other"' } })).toMatchObject({ status: 200 });
  });
});
