import type { User } from './users.ts';

/** What a connection is to the server. */
export interface Session {
  /** Undefined until it signs in, where the user `default` wants a password. */
  user: User | undefined;
  /** Set by CLIENT SETNAME. */
  name: string;
}
