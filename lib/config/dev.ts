import type { StageConfig } from './stage-config.ts';

/** For trials: smallest sizes, plain HTTP, guests welcome; `cdk destroy` leaves nothing behind. */
export const dev: StageConfig = {
  stage: 'dev',
  protectData: false,
  pointInTimeRecoveryDays: 1,
  redis: { engine: 'redis', nodeType: 'cache.t4g.micro', shards: 1, replicasPerShard: 0, snapshotDays: 0 },
  entrance: { protocol: 'http' },
  memoryMb: { http: 512, worker: 512 },
  logRetentionDays: 7,
  guests: 'allowed',
  guestsPerMinute: 600,
  corsOrigins: [],
  queueAgeAlarmSeconds: 300,
};
