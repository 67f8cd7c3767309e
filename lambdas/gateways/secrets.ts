import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { orUnavailable } from '../runtime/sdk-fault.ts';

/**
 * Reads secrets at cold start. Throws UnavailableError while Secrets Manager is away, slow or throttling; what is wrong
 * with the deployment (no such secret, no permission) as it is.
 */
export class SecretReader {
  readonly #client: SecretsManagerClient;

  constructor(client: SecretsManagerClient) {
    this.#client = client;
  }

  async read(arn: string): Promise<string> {
    const answer = await orUnavailable('secrets', this.#client.send(new GetSecretValueCommand({ SecretId: arn })));
    if (answer.SecretString === undefined) throw new Error('a secret has no string');
    return answer.SecretString;
  }
}
