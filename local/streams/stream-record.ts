/** A record as GetRecords of the engine gives it. */
export interface EngineRecord {
  readonly eventID: string;
  readonly eventName: string;
  readonly eventVersion: string;
  readonly dynamodb: { readonly SequenceNumber: string } & Readonly<Record<string, unknown>>;
}

/** The record in the event that Lambda hands to a function. */
export function streamRecord({ eventID, eventName, eventVersion, dynamodb }: EngineRecord, streamArn: string, region: string): object {
  return { eventID, eventName, eventVersion, dynamodb, eventSource: 'aws:dynamodb', awsRegion: region, eventSourceARN: streamArn };
}
