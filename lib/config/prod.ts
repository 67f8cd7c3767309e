import type { StageConfig } from './stage-config.ts';

/** For sales with money in them: failover over zones, HTTPS, data that outlives the stacks. */
export const prod: StageConfig = {
  stage: 'prod',
  protectData: true,
  pointInTimeRecoveryDays: 35,
  redis: { engine: 'redis', nodeType: 'cache.m7g.large', shards: 1, replicasPerShard: 1, snapshotDays: 7 },
  entrance: { protocol: 'https' },
  memoryMb: { http: 1024, worker: 1024 },
  logRetentionDays: 90,
  guests: 'refused',
  guestsPerMinute: 60,
  corsOrigins: [],
  queueAgeAlarmSeconds: 60,
};
