/** A function's response as it goes to the client. */
export interface DecodedResponse {
  readonly statusCode: number;
  /** Reason phrase; absent = the standard one. */
  readonly statusText?: string;
  readonly headers: readonly (readonly [name: string, values: string | string[]])[];
  readonly body: Buffer;
}

/** Headers of the connection, which the load balancer sets itself. */
const ownHeaders = new Set(['connection', 'content-length', 'transfer-encoding', 'keep-alive', 'upgrade', 'date', 'server']);

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const validName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const validValue = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

function decodeHeaders(raw: unknown, multiValue: boolean): DecodedResponse['headers'] | undefined {
  if (raw === undefined || raw === null) return [];
  if (!isObject(raw)) return undefined;
  const headers: [string, string | string[]][] = [];
  for (const [name, value] of Object.entries(raw)) {
    const values = multiValue ? value : [value];
    if (!validName.test(name) || !Array.isArray(values)) return undefined;
    if (!values.every((one): one is string => typeof one === 'string' && validValue.test(one))) return undefined;
    const [first] = values;
    if (first !== undefined && !ownHeaders.has(name.toLowerCase())) headers.push([name, values.length === 1 ? first : values]);
  }
  return headers;
}

/**
 * Reads a function's response as an Application Load Balancer does. In multi-value mode only `multiValueHeaders`
 * counts, else only `headers`; the other is ignored.
 * @param payload JSON.
 * @returns undefined for a shape that the load balancer answers with 502.
 */
export function decodeResponse(payload: string, multiValue: boolean): DecodedResponse | undefined {
  const response: unknown = JSON.parse(payload);
  if (!isObject(response)) return undefined;
  const { statusCode, statusDescription, body, isBase64Encoded } = response;
  if (typeof statusCode !== 'number' || !Number.isInteger(statusCode) || statusCode < 200 || statusCode > 599) return undefined;
  if (body !== undefined && body !== null && typeof body !== 'string') return undefined;
  if (isBase64Encoded !== undefined && isBase64Encoded !== null && typeof isBase64Encoded !== 'boolean') return undefined;
  const headers = decodeHeaders(response[multiValue ? 'multiValueHeaders' : 'headers'], multiValue);
  if (headers === undefined) return undefined;
  const statusText = typeof statusDescription === 'string' ? /^\d{3} ([\t\u0020-\u007e]+)$/.exec(statusDescription)?.[1] : undefined;
  return {
    statusCode,
    ...(statusText === undefined ? {} : { statusText }),
    headers,
    body: Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}
