import type { Environment } from '../../contracts/env.ts';
import type { HttpFunction } from '../../contracts/functions.ts';
import { readEnvironment } from '../../runtime/environment.ts';
import { type AlbHandler, httpFunction, type HttpFunctionOptions } from '../../runtime/http-function.ts';
import { readyHttp } from '../../runtime/ready-http.ts';
import { openReports } from './open-reports.ts';
import { openWeb, type Web } from './open-web.ts';

/** The handler of an HTTP function: what all of them have, around the operations that `wire` makes. */
export function serveHttp<F extends HttpFunction>(
  name: F,
  wire: (environment: Environment<F>, web: Web) => HttpFunctionOptions<F>['operations'],
): AlbHandler {
  return readyHttp(openReports(name), async (reports) => {
    const environment = readEnvironment(name, process.env);
    const web = await openWeb(environment, reports);
    return httpFunction<F>({ ...web, operations: wire(environment, web) });
  });
}
