/** A request as the load balancer took it in: nothing decoded. */
export interface TakenRequest {
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** Names in lower case, with the load balancer's own (x-forwarded-…, x-amzn-trace-id). */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
}

const textTypes = /^(?:text\/|application\/(?:json|javascript|xml)\s*(?:;|$))/i;

/** Keys and values of a query as they were sent; a key without `=` has the value ''. */
export function splitQuery(query: string): [key: string, value: string][] {
  return query === ''
    ? []
    : query.split('&').map((pair) => {
        const equals = pair.indexOf('=');
        return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
      });
}

/** Base64 unless the type is one AWS calls text and nothing encodes the content; an empty body is text. */
function isText({ headers, body }: TakenRequest): boolean {
  if (body.length === 0) return true;
  return !headers.has('content-encoding') && textTypes.test(headers.get('content-type')?.at(-1) ?? '');
}

const group = (pairs: Iterable<readonly [string, string]>): Record<string, string[]> => {
  const grouped: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  for (const [key, value] of pairs) (grouped[key] ??= []).push(value);
  return grouped;
};

/**
 * The event a Lambda function gets from an Application Load Balancer. Either plain or multi-value headers and
 * parameters, by the attribute of the target group; in plain ones the last of several values stands.
 */
export function encodeEvent(request: TakenRequest, targetGroupArn: string, multiValue: boolean): object {
  const query = splitQuery(request.query);
  const text = isText(request);
  return {
    requestContext: { elb: { targetGroupArn } },
    httpMethod: request.method,
    path: request.path,
    ...(multiValue
      ? { multiValueQueryStringParameters: group(query), multiValueHeaders: Object.fromEntries(request.headers) }
      : {
          queryStringParameters: Object.fromEntries(query),
          headers: Object.fromEntries([...request.headers].map(([name, values]) => [name, values.at(-1) ?? ''])),
        }),
    body: request.body.toString(text ? 'utf8' : 'base64'),
    isBase64Encoded: !text,
  };
}
