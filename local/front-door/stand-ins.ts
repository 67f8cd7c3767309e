import { randomUUID } from 'node:crypto';
import { type Answer, errorAnswer, jsonAnswer } from './answers.ts';

/** A secret of the templates, with its value of this run. */
export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly value: string;
}

/** Finds a secret as Secrets Manager does: by ARN or by name. */
export function findSecret(secrets: readonly Secret[], id: string): Secret | undefined {
  return secrets.find(({ arn, name }) => arn === id || name === id);
}

/** Answers `GetSecretValue`. There is one version of each secret. */
export function getSecretValue(secrets: readonly Secret[], id: string): Answer {
  const secret = findSecret(secrets, id);
  if (secret === undefined) return errorAnswer(400, 'ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  return jsonAnswer(200, {
    ARN: secret.arn,
    Name: secret.name,
    SecretString: secret.value,
    VersionId: '00000000-0000-4000-8000-000000000000',
    VersionStages: ['AWSCURRENT'],
  });
}

/** Answers `PutEvents`: each entry is taken and handed to `record`, one line an event; no rule is matched. */
export function putEvents(entries: unknown, record: (line: string) => void): Answer {
  const list = Array.isArray(entries) ? (entries as unknown[]) : [];
  const ids = list.map((entry) => {
    const EventId = randomUUID();
    record(JSON.stringify({ EventId, entry }));
    return { EventId };
  });
  return jsonAnswer(200, { FailedEntryCount: 0, Entries: ids });
}
