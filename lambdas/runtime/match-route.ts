import { type Operation, type Route, routes } from '../contracts/routes.ts';

/** What the route table has for a method and a path. `allow`: the methods that the path has. */
export type Match =
  | { readonly kind: 'matched'; readonly operation: Operation; readonly route: Route; readonly params: Record<string, string> }
  | { readonly kind: 'options'; readonly allow: string }
  | { readonly kind: 'method-not-allowed'; readonly allow: string }
  | { readonly kind: 'not-found' };

const table = Object.entries(routes).map(([operation, route]) => ({
  operation: operation as Operation,
  route: route as Route,
  segments: route.path.split('/'),
}));

/** Finds the operation for a method and an undecoded path. HEAD is answered wherever GET is; OPTIONS wherever anything is. */
export function matchRoute(method: string, path: string): Match {
  const given = path.split('/');
  const candidates = table.flatMap((entry) => {
    const params = matchSegments(entry.segments, given);
    return params ? [{ ...entry, params }] : [];
  });
  if (candidates.length === 0) return { kind: 'not-found' };
  const wanted = method === 'HEAD' ? 'GET' : method;
  const match = candidates.find(({ route }) => route.method === wanted);
  if (match) return { kind: 'matched', operation: match.operation, route: match.route, params: match.params };
  const methods = candidates.flatMap(({ route }) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]));
  const allow = [...new Set([...methods, 'OPTIONS'])].join(', ');
  return { kind: method === 'OPTIONS' ? 'options' : 'method-not-allowed', allow };
}

function matchSegments(pattern: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of pattern.entries()) {
    const value = given[index] ?? '';
    if (!segment.startsWith('{')) {
      if (segment !== value) return undefined;
    } else if (value === '') {
      return undefined;
    } else {
      params[segment.slice(1, -1)] = decodeSegment(value);
    }
  }
  return params;
}

/** A malformed escape stays as it is: no id has a percent sign, so it is simply not found. */
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
