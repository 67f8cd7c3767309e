import { Agent, request } from 'undici';
import { localLimits } from '../local-limits.ts';

/** The access key of the local runtime itself: not a function, may do everything. */
export const ownerAccessKeyId = 'LOCALOWNER';

/** Not `fetch`: the pollers call hundreds of times a second, and its web streams cost ten times as much. */
const dispatcher = new Agent({ keepAliveTimeout: 30_000 });

/** An AWS error answer to a call of the local runtime's own. */
export class AwsCallError extends Error {
  override readonly name = 'AwsCallError';
  readonly code: string;

  constructor(target: string, code: string, message: string) {
    super(`${target}: ${code}: ${message}`);
    this.code = code;
  }
}

/**
 * One AWS call in the JSON protocol, with the access key of the local runtime unless another is named. Nothing here
 * verifies signatures, so there is none.
 * @param target `X-Amz-Target`, such as `DynamoDB_20120810.CreateTable`.
 * @throws AwsCallError for an error answer.
 */
export async function callAws<T>(
  endpoint: string,
  target: string,
  input: object,
  options: { accessKeyId?: string; signal?: AbortSignal } = {},
): Promise<T> {
  const { statusCode, body } = await request(endpoint, {
    method: 'POST',
    dispatcher,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': target,
      'x-amz-date': '20260101T000000Z',
      authorization: `AWS4-HMAC-SHA256 Credential=${options.accessKeyId ?? ownerAccessKeyId}/20260101/us-east-1/local/aws4_request, SignedHeaders=host, Signature=none`,
    },
    body: JSON.stringify(input),
    headersTimeout: 0,
    bodyTimeout: 0,
    signal: options.signal ?? AbortSignal.timeout(localLimits.callMs),
  });
  const answer = (await body.json()) as { __type?: string; message?: string; Message?: string };
  if (statusCode >= 300)
    throw new AwsCallError(target, answer.__type?.split('#').at(-1) ?? String(statusCode), answer.message ?? answer.Message ?? '');
  return answer as T;
}
