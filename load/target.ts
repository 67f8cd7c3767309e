/** The system that a command talks to, as its operator. */
export interface Target {
  readonly url: URL;
  /** Operator key (`psk_…`). */
  readonly key: string;
}

const exampleUrl = 'http://127.0.0.1:3000';
const defaultLocalKey = 'psk_local';

/** The target that --url, --key and, without them, the variables of `npm start` (PORT, PENSTOCK_OPERATOR_KEY) name; a fault is added for each that is wrong. */
export function parseTarget(
  values: { readonly url?: string | undefined; readonly key?: string | undefined },
  environment: Readonly<Record<string, string | undefined>>,
  faults: string[],
): Target | undefined {
  const url = values.url === undefined ? localUrl(environment['PORT'], faults) : parseUrl(values.url, faults);
  const key = values.key ?? environment['PENSTOCK_OPERATOR_KEY'] ?? defaultLocalKey;
  if (!/^psk_[\x21-\x7e]+$/.test(key)) faults.push('--key: an operator key begins with psk_ and has no spaces');
  return url && { url, key };
}

/** The sentence of an error that node:util's parseArgs raises about the arguments; any other is thrown on. */
export function parseFault(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code !== 'string' || !code.startsWith('ERR_PARSE_ARGS_')) throw error;
  return String(message);
}

/** Where `npm start` listens with this PORT. */
function localUrl(port: string | undefined, faults: string[]): URL | undefined {
  if (port === undefined || port === '') return new URL(exampleUrl);
  if (/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535) return new URL(`http://127.0.0.1:${port}`);
  faults.push(`PORT: got ${port}, expected a number from 1 to 65535, or --url`);
  return undefined;
}

function parseUrl(given: string, faults: string[]): URL | undefined {
  const url = URL.parse(given);
  if (url && (url.protocol === 'http:' || url.protocol === 'https:') && url.search === '' && url.hash === '') return url;
  faults.push(`--url: got ${given}, expected an address such as ${exampleUrl}`);
  return undefined;
}
