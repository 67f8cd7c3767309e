/**
 * Reads what a function answered to a batch with ReportBatchItemFailures, as Lambda does: null, nothing, or an empty or null list of
 * failures is a success; failures of known messages are those; anything else (no JSON object, an identifier that is
 * empty, null or not of this batch, a misspelt key) is a failure of the whole batch.
 * @param payload JSON.
 * @returns The ids of the messages that failed.
 */
export function failedMessages(payload: string, batch: readonly string[]): readonly string[] {
  let response: unknown;
  try {
    response = JSON.parse(payload);
  } catch {
    return batch;
  }
  if (response === null) return [];
  if (typeof response !== 'object') return batch;
  const failures = (response as { batchItemFailures?: unknown }).batchItemFailures;
  if (failures === undefined || failures === null) return [];
  if (!Array.isArray(failures)) return batch;
  const ids = (failures as unknown[]).map((failure) =>
    typeof failure === 'object' && failure !== null ? (failure as { itemIdentifier?: unknown }).itemIdentifier : undefined,
  );
  const known = new Set(batch);
  return ids.every((id): id is string => typeof id === 'string' && known.has(id)) ? ids : batch;
}
