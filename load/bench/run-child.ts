import { fork } from 'node:child_process';

/** A measurement's own process failed. */
export class ChildFailedError extends Error {
  override readonly name = 'ChildFailedError';
}

/**
 * Runs a module in a fresh process and resolves with the one message it sends. Its standard output (the functions'
 * log lines) is dropped; its errors show. Throws ChildFailedError when it ends without a message.
 */
export function runChild<T>(module: URL, input: unknown = null, environment: NodeJS.ProcessEnv = process.env): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = fork(module, [JSON.stringify(input)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env: environment });
    let answer: { readonly value: T } | undefined;
    child.once('message', (value) => {
      answer = { value: value as T };
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (answer && code === 0) resolve(answer.value);
      else reject(new ChildFailedError(`${module.pathname.split('/').at(-1)} ended with ${signal ?? code}`));
    });
  });
}

/** In the child: what the parent passed. */
export function childInput(): unknown {
  return JSON.parse(process.argv[2] ?? 'null');
}

/** In the child: hands the result over. Throws when it was not started by runChild. */
export async function childAnswer(value: unknown): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    if (!process.send) throw new Error('this module is started by the bench');
    process.send(value, undefined, undefined, (error: Error | null) => (error ? reject(error) : resolve()));
  });
}
