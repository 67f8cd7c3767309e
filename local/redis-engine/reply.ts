/**
 * What a command answers, as RESP2 tells it apart. Strings are bytes: one character for each, U+0000 to U+00FF
 * (Node's `latin1`), which is exact for any content and needs no copying.
 */
export type Reply = number | string | null | StatusReply | ErrorReply | readonly Reply[];

/** A simple string, such as `OK`. */
export class StatusReply {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** An error reply; its text begins with a code in capitals, such as `ERR` or `WRONGTYPE`. */
export class ErrorReply {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Thrown by a command: the reply is this error. Everything else that is thrown is a fault of the engine. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** `OK` */
export const ok = new StatusReply('OK');

/** For a key whose value is of another kind than the command is for. */
export const wrongType = (): CommandError => new CommandError('WRONGTYPE Operation against a key holding the wrong kind of value');
/** For words that a command does not take. */
export const syntaxError = (): CommandError => new CommandError('ERR syntax error');
/** For too few or too many words. */
export const wrongArguments = (name: string): CommandError => new CommandError(`ERR wrong number of arguments for '${name}' command`);
