import {
  type BatchGetItemCommandInput,
  type CancellationReason,
  type DynamoDBClient,
  TransactionCanceledException,
  type QueryCommandInput,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { LedgerContext } from '../../../lambdas/stores/dynamodb/ledger-context.ts';

/** The deadline of a call. */
interface CallOptions {
  readonly abortSignal?: AbortSignal;
}

/** What a call gives: an error is thrown, all else is the answer. */
export type Answer = Error | object;

/** What the ledger asks, of whichever command. */
export type Input = Partial<TransactWriteItemsCommandInput & QueryCommandInput & BatchGetItemCommandInput>;

/** A ledger context whose client answers from a script, and that keeps what was asked and how long was waited. */
export interface Script {
  readonly context: LedgerContext;
  readonly inputs: Input[];
  readonly sleptMs: number[];
  /** What each call was given beside its input. */
  readonly options: (CallOptions | undefined)[];
}

/** A context whose calls are answered in the order of the script. */
export function scripted(...answers: Answer[]): Script {
  return answering(() => answers.shift() ?? new Error('the script is at its end'));
}

/** A context whose calls are answered by what they ask for. `random` always gives 0.5: each wait is half of its ceiling. */
export function answering(answerTo: (input: Input) => Answer): Script {
  const inputs: Input[] = [];
  const sleptMs: number[] = [];
  const options: (CallOptions | undefined)[] = [];
  const send = ({ input }: { input: Input }, given?: CallOptions): Promise<object> => {
    inputs.push(input);
    options.push(given);
    const answer = answerTo(input);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const backoff = { sleep: (ms: number) => Promise.resolve(void sleptMs.push(ms)), random: () => 0.5 };
  const client = { send } as unknown as DynamoDBClient;
  return { context: { client, ordersTable: 'orders', claimsTable: 'claims', backoff }, inputs, sleptMs, options };
}

/** The exception of a cancelled transaction; a reason is its code, or code and stored item. */
export function cancelled(...reasons: (string | CancellationReason)[]): TransactionCanceledException {
  return new TransactionCanceledException({
    message: 'Transaction cancelled',
    $metadata: { httpStatusCode: 400 },
    CancellationReasons: reasons.map((reason) => (typeof reason === 'string' ? { Code: reason } : reason)),
  });
}
