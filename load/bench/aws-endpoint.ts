import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash, randomUUID } from 'node:crypto';
import { request } from 'undici';
import { rig } from './rig-environment.ts';

/** What went over the endpoint since the last reset. */
export interface AwsCounts {
  /** Calls by service and operation, such as `DynamoDB.TransactWriteItems`. */
  readonly calls: Map<string, number>;
  /** Request units that DynamoDB says it took, indexes included. */
  units: number;
}

const secrets: Readonly<Record<string, string>> = {
  [rig.secrets.redis]: rig.redisPassword,
  [rig.secrets.deployment]: rig.deploymentSecret,
  [rig.secrets.stripe]: 'whsec_bench',
  [rig.secrets.operator]: rig.operatorKey.replace(/^psk_/, ''),
};

/**
 * The AWS of the rig: secrets answered, messages to SQS kept, DynamoDB passed on to the engine with
 * `ReturnConsumedCapacity` added; every call counted.
 */
export class AwsEndpoint implements AsyncDisposable {
  counts: AwsCounts = { calls: new Map(), units: 0 };
  /** Bodies of the messages sent, oldest first; whoever commits them takes them out. */
  readonly messages: string[] = [];
  readonly #tablesEndpoint: string;
  readonly #server = createServer((incoming, response) => {
    this.#answer(incoming, response).catch((error: unknown) => {
      respond(response, 500, { __type: 'InternalFailure', message: String(error) });
    });
  });

  constructor(tablesEndpoint: string) {
    this.#tablesEndpoint = tablesEndpoint;
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  reset(): void {
    this.counts = { calls: new Map(), units: 0 };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const input = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Record<string, unknown>;
    const [service = '', operation = ''] = String(incoming.headers['x-amz-target']).split('.');
    const name = `${service.replace(/_.*/, '').replace('AmazonSQS', 'SQS')}.${operation}`;
    this.counts.calls.set(name, (this.counts.calls.get(name) ?? 0) + 1);
    if (service.startsWith('DynamoDB')) return this.#passOn(incoming, input, response);
    if (operation === 'GetSecretValue') return respond(response, 200, { SecretString: secrets[String(input['SecretId'])] });
    if (operation === 'SendMessage') return respond(response, 200, this.#keep(String(input['QueueUrl']), String(input['MessageBody'])));
    if (operation === 'GetQueueAttributes') return respond(response, 200, { Attributes: emptyQueue });
    return respond(response, 400, { __type: 'UnknownOperation', message: `the bench does not answer ${name}` });
  }

  /** What ends holds is not the bench's: only orders are kept. */
  #keep(queueUrl: string, body: string): object {
    if (queueUrl.endsWith('/orders')) this.messages.push(body);
    return { MessageId: randomUUID(), MD5OfMessageBody: createHash('md5').update(body).digest('hex') };
  }

  async #passOn(incoming: IncomingMessage, input: Record<string, unknown>, response: ServerResponse): Promise<void> {
    const answer = await request(this.#tablesEndpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': String(incoming.headers['x-amz-target']),
        authorization: String(incoming.headers.authorization),
        'x-amz-date': String(incoming.headers['x-amz-date']),
      },
      body: JSON.stringify({ ...input, ReturnConsumedCapacity: 'TOTAL' }),
    });
    const text = await answer.body.text();
    const { ConsumedCapacity: consumed } = JSON.parse(text) as { ConsumedCapacity?: Capacity | Capacity[] };
    for (const { CapacityUnits } of [consumed ?? []].flat()) this.counts.units += CapacityUnits ?? 0;
    response.writeHead(answer.statusCode, { 'content-type': 'application/x-amz-json-1.0' }).end(text);
  }
}

interface Capacity {
  readonly CapacityUnits?: number;
}

const emptyQueue = {
  ApproximateNumberOfMessages: '0',
  ApproximateNumberOfMessagesNotVisible: '0',
  ApproximateNumberOfMessagesDelayed: '0',
};

function respond(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
}
