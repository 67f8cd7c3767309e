import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { UnavailableError } from '../domain/kernel/faults.ts';

/** Reads secrets at cold start. Throws UnavailableError, so that the next request tries again. */
export class SecretReader {
  readonly #client: SecretsManagerClient;

  constructor(region: string) {
    this.#client = new SecretsManagerClient({ region, maxAttempts: 3 });
  }

  async read(arn: string): Promise<string> {
    const answer = await this.#client.send(new GetSecretValueCommand({ SecretId: arn })).catch((error: unknown) => {
      throw new UnavailableError('secrets', 'a secret could not be read', { cause: error });
    });
    if (answer.SecretString === undefined) throw new Error('a secret has no string');
    return answer.SecretString;
  }
}
