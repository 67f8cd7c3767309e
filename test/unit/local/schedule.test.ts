import { describe, expect, test } from '@jest/globals';
import type { Outcome } from '../../../local/functions/function-host.ts';
import type { Listener } from '../../../local/load-balancer/serve-request.ts';
import { checkGrants } from '../../../local/resources/check-grants.ts';
import type { FunctionDefinition } from '../../../local/resources/read-functions.ts';
import { readSchedules } from '../../../local/resources/read-schedules.ts';
import type { SystemAssembly } from '../../../local/assembly/system-assembly.ts';
import { RunningSchedule, type ScheduleSettings } from '../../../local/schedules/schedule.ts';

const startMs = Date.UTC(2026, 10, 22, 10);
const ruleArn = 'arn:aws:events:us-east-1:000000000000:rule/sweep';
const settings: ScheduleSettings = {
  ruleArn,
  region: 'us-east-1',
  accountId: '000000000000',
  functionRef: 'sweep',
  everyMs: 60_000,
  input: undefined,
};
const answered: Outcome = { kind: 'answered', payload: 'null' };

/** A schedule on a clock that stands until it is moved. */
class VirtualTime {
  nowMs = startMs;
  #sleeper: { readonly untilMs: number; readonly wake: () => void } | undefined;

  readonly sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      this.#sleeper = { untilMs: this.nowMs + ms, wake: resolve };
      signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
    });

  /** Moves the clock, from sleep to sleep. */
  async pass(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    while (this.#sleeper !== undefined && this.#sleeper.untilMs <= endMs) {
      const { untilMs, wake } = this.#sleeper;
      this.#sleeper = undefined;
      this.nowMs = untilMs;
      wake();
      await new Promise(setImmediate);
    }
    this.nowMs = endMs;
  }
}

function started(change: Partial<ScheduleSettings> = {}, invoke: () => Promise<Outcome> = () => Promise.resolve(answered)) {
  const time = new VirtualTime();
  const runs: { readonly atMs: number; readonly payload: string }[] = [];
  const lines: string[] = [];
  const schedule = new RunningSchedule({
    schedule: { ...settings, ...change },
    invoke: (payload) => {
      runs.push({ atMs: time.nowMs - startMs, payload });
      return invoke();
    },
    report: (line) => void lines.push(line),
    nowMs: () => time.nowMs,
    sleep: time.sleep,
  });
  schedule.start();
  return { time, runs, lines, schedule };
}

describe('a schedule', () => {
  test('runs first after one interval, and then at each', async () => {
    const { time, runs, schedule } = started();
    await time.pass(59_999);
    expect(runs).toEqual([]);
    await time.pass(120_001);
    expect(runs.map(({ atMs }) => atMs)).toEqual([60_000, 120_000, 180_000]);
    await schedule.stop();
    await time.pass(120_000);
    expect(runs).toHaveLength(3);
  });

  test('does not wait for the last run to end', async () => {
    const { time, runs, schedule } = started({}, () => new Promise(() => {}));
    await time.pass(180_000);
    expect(runs).toHaveLength(3);
    void schedule.stop();
  });

  test('sends the event of EventBridge, or the input of its target', async () => {
    const [own, given] = [started(), started({ input: '{"a":1}' })];
    await Promise.all([own.time.pass(60_000), given.time.pass(60_000)]);
    expect(JSON.parse(own.runs[0]?.payload ?? '')).toEqual({
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: '000000000000',
      time: '2026-11-22T10:01:00Z',
      region: 'us-east-1',
      resources: [ruleArn],
      detail: {},
    });
    expect(given.runs[0]?.payload).toBe('{"a":1}');
    await Promise.all([own.schedule.stop(), given.schedule.stop()]);
  });

  test('tells of a run that fails, or cannot be begun, and goes on', async () => {
    const outcomes = [
      () => Promise.resolve<Outcome>({ kind: 'timed-out' }),
      () => Promise.reject(new Error('no function')),
      async () => answered,
    ];
    const { time, runs, lines, schedule } = started({}, () => (outcomes.shift() ?? (async () => answered))());
    await time.pass(240_000);
    expect(runs).toHaveLength(4);
    expect(lines).toEqual(['schedule of sweep: timed-out', 'schedule of sweep: Error: no function']);
    await schedule.stop();
  });

  test('a stop waits for the run at work, and a run that it cuts off is no failure', async () => {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const { time, lines, schedule } = started({}, () => promise);
    await time.pass(60_000);
    let stopped = false;
    const stopping = schedule.stop().then(() => (stopped = true));
    await new Promise(setImmediate);
    expect(stopped).toBe(false);
    resolve({ kind: 'crashed', reason: 'terminated' });
    await stopping;
    expect(lines).toEqual([]);
  });
});

describe('the schedules of the templates', () => {
  const at = { region: 'us-east-1', accountId: '000000000000' };
  const rulesOf = (...rules: object[]) =>
    ({
      ofType: (type: string) => (type === 'AWS::Events::Rule' ? rules.map((properties) => ({ type, logicalId: 'Rule', properties })) : []),
      values: () => ({ ref: 'sweep', attribute: () => ruleArn }),
    }) as unknown as SystemAssembly;
  const target = { Id: 'Target0', Arn: 'arn:f', RetryPolicy: { MaximumRetryAttempts: 0 } };

  test.each([
    ['rate(1 minute)', 60_000],
    ['rate(5 minutes)', 300_000],
    ['rate(2 hours)', 7_200_000],
    ['rate(1 day)', 86_400_000],
  ])('%s is every %i ms', (ScheduleExpression, everyMs) => {
    const rules = rulesOf({ ScheduleExpression, Targets: [target, { ...target, Input: '{}' }] });
    const schedule = { ...settings, functionRef: 'arn:f', everyMs };
    expect(readSchedules(rules, at)).toEqual([schedule, { ...schedule, input: '{}' }]);
  });

  test('a rule that is disabled, or has an event pattern only, runs nothing', () => {
    const ScheduleExpression = 'rate(1 minute)';
    expect(
      readSchedules(rulesOf({ ScheduleExpression, State: 'DISABLED', Targets: [target] }, { EventPattern: {}, Targets: [target] }), at),
    ).toEqual([]);
  });

  test.each([
    [{ ScheduleExpression: 'cron(0 10 * * ? *)', Targets: [target] }, /not emulated: cron/],
    [{ ScheduleExpression: 'rate(1 minute)', Targets: [{ ...target, InputPath: '$.detail' }] }, /not emulated: targets with InputPath/],
  ])('what is not emulated is refused, with its name: %#', (rule, message) => {
    expect(() => readSchedules(rulesOf(rule), at)).toThrow(message);
  });

  test.each<[string, object, boolean]>([
    ['for this rule', { SourceArn: ruleArn }, true],
    ['for any rule', {}, true],
    ['for another rule', { SourceArn: `${ruleArn}-2` }, false],
    ['for another service', { Principal: 's3.amazonaws.com' }, false],
  ])('without a permission to invoke the function the start is refused: AWS would say nothing; one %s', (_, change, enough) => {
    const sweep = { name: 'sweep', arn: 'arn:sweep', label: 'sweep', statements: [] } as unknown as FunctionDefinition;
    const permission = { Principal: 'events.amazonaws.com', Action: 'lambda:InvokeFunction', FunctionName: 'arn:sweep', ...change };
    const assembly = { ofType: () => [{ properties: permission }] } as unknown as SystemAssembly;
    const listener = { rules: [], defaultAction: { type: 'fixed-response' } } as unknown as Listener;
    const check = () => checkGrants(assembly, listener, [sweep], { mappings: [], streamMappings: [], schedules: [settings] });
    if (enough) expect(check).not.toThrow();
    else expect(check).toThrow(`${ruleArn} may not invoke sweep, so it would never run`);
  });
});
