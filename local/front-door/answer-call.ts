import { ownerAccessKeyId } from '../engines/call-aws.ts';
import { type Answer, errorAnswer } from './answers.ts';
import { authorizer } from './authorize.ts';
import { conditionContext } from './condition-context.ts';
import { type IdentifiedCall, identifyCall, type Access } from './identify-call.ts';
import type { FrontDoorConfiguration } from './protocol.ts';
import type { EngineClient } from './engine-client.ts';
import type { QueueService } from './queue-service.ts';
import { findSecret, getSecretValue, putEvents } from './stand-ins.ts';

/** One call as it came in. */
export interface IncomingCall {
  readonly target: string;
  readonly authorization: string;
  /** Of the SigV4 signature. */
  readonly date: string;
  readonly body: Buffer;
}

interface Services {
  readonly tables: EngineClient;
  readonly queues: QueueService;
  readonly recordEvent: (line: string) => void;
}

const credential = 'Credential=';

/** The access key id of a SigV4 `Authorization` header, or ''. */
export function accessKeyOf(authorization: string): string {
  const start = authorization.indexOf(credential);
  return start < 0 ? '' : authorization.slice(start + credential.length, authorization.indexOf('/', start));
}

const deny = (service: IdentifiedCall['service'], message: string): Answer =>
  errorAnswer(service === 'sqs' ? 403 : 400, 'AccessDeniedException', message);

function parse(body: Buffer): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString());
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Answers every AWS call: who calls (by access key), what they do to which resource, whether their policy allows it;
 * then on to the engine or stand-in. The local runtime itself calls with the owner's key and is not asked.
 */
export function callAnswerer(
  { account, principals, secrets }: FrontDoorConfiguration,
  services: Services,
): (call: IncomingCall) => Promise<Answer> {
  const context = conditionContext(account);
  const authorizers = new Map<string, (accesses: readonly Access[]) => string | undefined>(
    principals.map((principal) => [principal.accessKeyId, authorizer(principal, context)]),
  );
  const secretArn = (id: string) => findSecret(secrets, id)?.arn ?? id;

  const perform = (service: IdentifiedCall['service'], call: IncomingCall, body: Record<string, unknown>): Answer | Promise<Answer> => {
    switch (service) {
      case 'dynamodb':
        return services.tables.call(
          {
            'content-type': 'application/x-amz-json-1.0',
            'x-amz-target': call.target,
            'x-amz-date': call.date,
            authorization: call.authorization,
          },
          call.body,
        );
      case 'sqs':
        return services.queues.call(call.target, call.body.toString(), call.authorization);
      case 'secretsmanager':
        return getSecretValue(secrets, String(body['SecretId']));
      case 'events':
        return putEvents(body['Entries'], services.recordEvent);
    }
  };

  return async (call) => {
    const key = accessKeyOf(call.authorization);
    const body = parse(call.body);
    if (body === undefined) return errorAnswer(400, 'SerializationException', 'the body is not a JSON object');
    if (key === ownerAccessKeyId) return perform(call.target.startsWith('AmazonSQS.') ? 'sqs' : 'dynamodb', call, body);
    const authorize = authorizers.get(key);
    if (authorize === undefined)
      return errorAnswer(400, 'UnrecognizedClientException', 'The security token included in the request is invalid.');
    const identified = identifyCall(account, call.target, body, secretArn);
    if (identified === undefined)
      return errorAnswer(
        400,
        'UnknownOperationException',
        `the local runtime does not stand in for ${call.target || 'this call'} (local/front-door/identify-call.ts)`,
      );
    const refusal = authorize(identified.accesses);
    return refusal === undefined ? perform(identified.service, call, body) : deny(identified.service, refusal);
  };
}
