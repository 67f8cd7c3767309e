import { randomUUID } from 'node:crypto';

/** An answer of the front door, ready to be written. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | Buffer;
}

/** An answer in AWS's JSON protocol. */
export const jsonAnswer = (status: number, body: object): Answer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': randomUUID() },
  body: JSON.stringify(body),
});

/** An error in AWS's JSON protocol; both spellings of message, as some services read one and some the other. */
export const errorAnswer = (status: number, code: string, message: string): Answer =>
  jsonAnswer(status, { __type: `com.amazon.coral.service#${code}`, message, Message: message });
