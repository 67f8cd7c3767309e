import { limits } from '../contracts/limits.ts';
import type { ApiHandler } from '../runtime/api.ts';

/** GET /v1/openapi.json: the document generated at build time from the schemas that validate. */
export function getOpenApi(document: string): ApiHandler {
  return () =>
    Promise.resolve({ status: 200, headers: { 'cache-control': `public, max-age=${limits.openApiMaxAgeSeconds}` }, body: document });
}
