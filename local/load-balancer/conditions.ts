import { matchesPattern } from '../matching/match-pattern.ts';

/** A condition of a listener rule; values are alternatives, conditions of one rule must all hold. */
export type Condition =
  | { readonly field: 'path-pattern' | 'host-header' | 'http-request-method' | 'source-ip'; readonly values: readonly string[] }
  | { readonly field: 'http-header'; /** Lower case. */ readonly name: string; readonly values: readonly string[] }
  | { readonly field: 'query-string'; readonly pairs: readonly { readonly key?: string; readonly value: string }[] };

/** What of a request the conditions look at. */
export interface RoutedRequest {
  readonly method: string;
  /** As sent: not decoded, without the query. */
  readonly path: string;
  readonly host: string;
  /** Lower-case names; each value as sent. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** Keys and values as sent: not decoded. */
  readonly query: readonly (readonly [key: string, value: string])[];
  readonly sourceIp: string;
}

const ipv4Bits = (address: string): number | undefined => {
  const parts = address
    .replace(/^::ffff:/, '')
    .split('.')
    .map(Number);
  return parts.length === 4 && parts.every((part) => Number.isInteger(part) && part >= 0 && part <= 255)
    ? parts.reduce((bits, part) => bits * 256 + part, 0)
    : undefined;
};

/** Whether an IPv4 address lies in a block such as `10.0.0.0/8`. IPv6 blocks never match: we listen on 127.0.0.1. */
function inBlock(address: string, block: string): boolean {
  const [base = '', length = '32'] = block.split('/');
  const [addressBits, baseBits] = [ipv4Bits(address), ipv4Bits(base)];
  if (addressBits === undefined || baseBits === undefined) return false;
  const size = 2 ** (32 - Number(length));
  return Math.floor(addressBits / size) === Math.floor(baseBits / size);
}

/** The port a host header may carry is not part of the host name. */
const hostName = (host: string): string => host.replace(/:\d+$/, '');

/** Whether a condition holds, with AWS's rules for case: paths, methods and header-less values as they are, hosts, headers and queries in any case. */
export function holds(condition: Condition, request: RoutedRequest): boolean {
  switch (condition.field) {
    case 'path-pattern':
      return condition.values.some((pattern) => matchesPattern(pattern, request.path));
    case 'host-header':
      return condition.values.some((pattern) => matchesPattern(pattern, hostName(request.host), true));
    case 'http-request-method':
      return condition.values.includes(request.method);
    case 'source-ip':
      return condition.values.some((block) => inBlock(request.sourceIp, block));
    case 'http-header':
      return (request.headers.get(condition.name) ?? []).some((value) =>
        condition.values.some((pattern) => matchesPattern(pattern, value, true)),
      );
    case 'query-string':
      return condition.pairs.some((pair) =>
        request.query.some(
          ([key, value]) => (pair.key === undefined || matchesPattern(pair.key, key, true)) && matchesPattern(pair.value, value, true),
        ),
      );
  }
}
