import { limits } from '../contracts/limits.ts';
import type { ApiHandler } from '../runtime/api.ts';
import { contentETag, noneMatch } from './etag.ts';

/** GET /v1/openapi.json: the document generated at build time from the schemas that validate. */
export function getOpenApi(document: string): ApiHandler {
  const etag = contentETag(document);
  const headers = { etag, 'cache-control': `public, max-age=${limits.documentMaxAgeSeconds}` };
  return (request) =>
    Promise.resolve(noneMatch(request.header('if-none-match'), etag) ? { status: 304, headers } : { status: 200, headers, body: document });
}
