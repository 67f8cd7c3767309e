import { getReady } from './get-ready.ts';
import { type AlbHandler, answerUnready, type Reports } from './http-function.ts';

/**
 * An HTTP function whose parts take time to make (getReady). While they cannot be made each request is answered with
 * the 503 of the contract, where an error would become the load balancer's 502, and the next request tries anew.
 */
export function readyHttp(reports: Reports, make: (reports: Reports) => Promise<AlbHandler>): AlbHandler {
  const ready = getReady(() => make(reports));
  return async (event, context) => {
    try {
      const handler = await ready();
      return await handler(event, context);
    } catch (error) {
      return answerUnready(event, error, reports);
    }
  };
}
