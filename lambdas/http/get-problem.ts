import { limits } from '../contracts/limits.ts';
import { type ProblemCode, problems } from '../contracts/problems.ts';
import type { ApiHandler, ApiRequest, ApiResponse } from '../runtime/api.ts';
import { contentETag, noneMatch } from './etag.ts';
import { pagePolicy, problemListPage, problemPage } from './problem-page.ts';

/** GET /problems/{code}: a page for people, whatever is accepted; a code that is none is a 404 like any other. */
export const getProblem: ApiHandler = (request) => {
  const code = request.params['code'] ?? '';
  return Promise.resolve(
    isCode(code) ? html(problemPage(code), request) : { problem: 'not-found', detail: `there is no problem ${code}; /problems lists them` },
  );
};

/** GET /problems: every problem there is. */
export const listProblems: ApiHandler = (request) => Promise.resolve(html(problemListPage(), request));

function isCode(code: string): code is ProblemCode {
  return Object.hasOwn(problems, code);
}

function html(body: string, request: ApiRequest): ApiResponse {
  const etag = contentETag(body);
  const headers = { etag, 'cache-control': `public, max-age=${limits.documentMaxAgeSeconds}` };
  if (noneMatch(request.header('if-none-match'), etag)) return { status: 304, headers };
  return {
    status: 200,
    headers: { ...headers, 'content-type': 'text/html; charset=utf-8', 'content-security-policy': pagePolicy },
    body,
  };
}
