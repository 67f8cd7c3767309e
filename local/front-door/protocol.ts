import type { Principal } from './authorize.ts';
import type { Account } from './identify-call.ts';
import type { Secret } from './stand-ins.ts';

/** What the front door's thread is told at its start. */
export interface FrontDoorData {
  readonly region: string;
  /** An SQS engine to use. @default queues in the thread itself */
  readonly queuesUrl?: string | undefined;
}

/** What the front door must know before it answers; sent once, when everything behind it is up. */
export interface FrontDoorConfiguration {
  readonly account: Account;
  readonly tablesEndpoint: string;
  readonly principals: readonly Principal[];
  readonly secrets: readonly Secret[];
  /** File to which events are appended. */
  readonly eventsFile: string;
}

/** Messages to the front door's thread. */
export type FrontDoorCommand = { readonly kind: 'configure'; readonly configuration: FrontDoorConfiguration } | { readonly kind: 'stop' };

/** Messages from it. */
export type FrontDoorNotice =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'configured' }
  | { readonly kind: 'stopped' };
