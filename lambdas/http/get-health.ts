import type { ApiHandler } from '../runtime/api.ts';

/** GET /v1/health: touches nothing. */
export function getHealth(version: string): ApiHandler {
  return () => Promise.resolve({ status: 200, body: { status: 'ok', version } });
}
