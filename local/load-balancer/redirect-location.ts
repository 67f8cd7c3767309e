import type { Action } from './rules.ts';

/** Parts of the request that a redirect may take over with `#{host}`, `#{path}`, `#{port}`, `#{query}`, `#{protocol}`. */
export interface RedirectedRequest {
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly port: number;
}

/** The Location of a redirect action; `#{path}` comes without its leading slash, as on AWS. */
export function redirectLocation(action: Extract<Action, { type: 'redirect' }>, request: RedirectedRequest): string {
  const parts: Readonly<Record<string, string>> = {
    protocol: 'http',
    host: request.host.replace(/:\d+$/, ''),
    port: String(request.port),
    path: request.path.replace(/^\//, ''),
    query: request.query,
  };
  const fill = (template: string) => template.replace(/#\{(\w+)\}/g, (_, name: string) => parts[name] ?? '');
  const protocol = fill(action.protocol).toLowerCase();
  const port = fill(action.port);
  const isDefaultPort = (protocol === 'http' && port === '80') || (protocol === 'https' && port === '443');
  const query = fill(action.query);
  return `${protocol}://${fill(action.host)}${isDefaultPort ? '' : `:${port}`}${fill(action.path)}${query === '' ? '' : `?${query}`}`;
}
