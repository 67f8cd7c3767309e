import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { metrics } from '../../../lambdas/contracts/metrics.ts';
import { createMeter } from '../../../lambdas/runtime/meter.ts';

/** Powertools then writes through the console it is given, not to the process's own output, and writes all the same. */
const settings = { POWERTOOLS_DEV: 'true', POWERTOOLS_METRICS_DISABLED: 'false' };
const before = { ...process.env };
let lines: string[];

beforeEach(() => {
  Object.assign(process.env, settings);
  lines = [];
  jest.spyOn(console, 'log').mockImplementation((line: unknown) => void lines.push(String(line)));
});
afterEach(() => {
  jest.restoreAllMocks();
  for (const name of Object.keys(settings)) delete process.env[name];
  Object.assign(process.env, before);
});

test('counts of one invocation are one line of embedded metrics, whose one dimension is the service; the next begins at nothing', () => {
  const meter = createMeter();
  meter.count(metrics.ordersAccepted);
  meter.count(metrics.collisions, 3);
  meter.flush();
  meter.flush();
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    _aws: { CloudWatchMetrics: [{ Namespace: 'Penstock', Dimensions: [['service']] }] },
    service: 'penstock',
    [metrics.ordersAccepted]: 1,
    [metrics.collisions]: 3,
  });
  meter.count(metrics.ordersAccepted);
  meter.flush();
  expect(JSON.parse(lines[1] ?? '')).not.toHaveProperty(metrics.collisions);
});

test('nothing counted writes nothing', () => {
  createMeter().flush();
  expect(lines).toEqual([]);
});
