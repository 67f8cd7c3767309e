/** The request that an Application Load Balancer hands to a function (AWS: "Using Lambda functions as targets"), multi-value mode. */
export interface AlbEvent {
  readonly requestContext: { readonly elb: { readonly targetGroupArn: string } };
  readonly httpMethod: string;
  readonly path: string;
  readonly multiValueQueryStringParameters?: Readonly<Record<string, readonly string[]>>;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** The answer that the load balancer takes from a function, multi-value mode; 1 MB at most. */
export interface AlbResult {
  readonly statusCode: number;
  readonly statusDescription: string;
  readonly multiValueHeaders: Record<string, string[]>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** Reads headers and query of an event: the last value wins, names in any case, query strings decoded (the ALB does not). */
export class AlbRequest {
  readonly #event: AlbEvent;
  readonly #headers: Map<string, readonly string[]>;

  constructor(event: AlbEvent) {
    this.#event = event;
    this.#headers = new Map(Object.entries(event.multiValueHeaders ?? {}).map(([name, values]) => [name.toLowerCase(), values]));
  }

  get method(): string {
    return this.#event.httpMethod.toUpperCase();
  }

  get path(): string {
    return this.#event.path;
  }

  header(name: string): string | undefined {
    return this.#headers.get(name.toLowerCase())?.at(-1);
  }

  query(name: string): string | undefined {
    for (const [key, values] of Object.entries(this.#event.multiValueQueryStringParameters ?? {})) {
      if (decode(key) === name) return decode(values.at(-1) ?? '');
    }
    return undefined;
  }

  /** The body's bytes as sent. */
  bytes(): Buffer {
    return Buffer.from(this.#event.body, this.#event.isBase64Encoded ? 'base64' : 'utf8');
  }

  /** The address of the peer: the ALB appends it to X-Forwarded-For, whatever the caller sent before. */
  get clientAddress(): string {
    return this.header('x-forwarded-for')?.split(',').at(-1)?.trim() ?? 'unknown';
  }
}

/** A malformed escape is left as it is: the schema of the parameter then refuses it. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
