import { fork } from 'node:child_process';

/** How a measurement tells where it is, and how it is stopped. */
export interface Run {
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

/** A measurement's own process failed. */
export class ChildFailedError extends Error {
  override readonly name = 'ChildFailedError';
}

type Message = { readonly progress: string } | { readonly answer: unknown };

/**
 * Runs a module in a fresh process and resolves with its answer. Its standard output (the functions' log lines) is
 * dropped; its errors show. Throws ChildFailedError when it ends without an answer, or because `signal` ended it.
 */
export function runChild<T>(
  module: URL,
  { signal, progress }: Run,
  input: unknown = null,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = fork(module, [JSON.stringify(input)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env: environment, signal });
    let answer: { readonly value: T } | undefined;
    let fault: Error | undefined;
    child.on('message', (message: Message) => {
      if ('progress' in message) progress(message.progress);
      else answer = { value: message.answer as T };
    });
    // Stopping it comes as an error first; settled is only what has ended.
    child.once('error', (error) => {
      fault = error;
      if (child.pid === undefined) reject(error);
    });
    child.once('exit', (code, ended) => {
      if (answer && code === 0) resolve(answer.value);
      else reject(new ChildFailedError(`${module.pathname.split('/').at(-1)} ended with ${ended ?? code}`, { cause: fault }));
    });
  });
}

/**
 * The life of such a process: takes the input, works, answers, ends. It ends too when the bench is gone, and its engines
 * with it. Throws when it was not started by runChild.
 */
export async function beChild(work: (input: never, progress: Run['progress']) => Promise<unknown>): Promise<never> {
  const send = (message: Message): Promise<void> =>
    new Promise((resolve, reject) => {
      if (!process.send) throw new Error('this module is started by the bench');
      process.send(message, undefined, undefined, (error: Error | null) => (error ? reject(error) : resolve()));
    });
  process.once('disconnect', () => process.exit(1));
  const answer = await work(
    JSON.parse(process.argv[2] ?? 'null') as never,
    (text) => void send({ progress: text }).catch(() => process.exit(1)),
  );
  await send({ answer });
  process.exit(0);
}
