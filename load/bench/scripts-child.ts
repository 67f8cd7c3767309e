import { crowdSku } from '../sale.ts';
import type { ComparisonRow, Measurement } from './figure.ts';
import { fillGate, makeGate } from './fill-gate.ts';
import { loadSubject } from './load-subject.ts';
import { openRig } from './open-rig.ts';
import { beChild, type Run } from './run-child.ts';
import { type ScriptTimes, ScriptTimer, sumRounds } from './script-timer.ts';
import type { ScriptName } from './subject/open-subject.ts';
import { timeCollisions } from './time-collision-scripts.ts';
import { timeLanes } from './time-lane-scripts.ts';
import { timeOrders } from './time-order-scripts.ts';
import { timeOthers } from './time-other-scripts.ts';
import { timeRebuild } from './time-rebuild-scripts.ts';
import { unitsText } from './units-text.ts';

/** Time within Redis of each script, in a small sale and in a large one, both nearly sold: the search for a clear unit is at its longest. */
const sizes = [1000, 1_000_000] as const;
/** Units left clear: a round takes 150 at most, and gives them back. */
const clear = 300;
const rounds = 5;

/** What a script's time should grow with. */
const expected: Readonly<Record<ScriptName, string>> = {
  reserve: 'units of the order; one search of the bitmap, 8 bytes a step',
  peek: 'nothing',
  apply: 'units of the order',
  retake: 'units of the order',
  endRetake: 'units of the order',
  mark: 'claims of the call: 1 here',
  draw: 'units of the order and claims; two searches as in reserve',
  free: 'units of the unit’s order: 1 here',
  take: 'units of the order; one search of the bitmap; here empty lanes',
  store: 'nothing; here of orders not known',
  remove: 'units of the order; here of orders not known',
  giveBack: 'units of the order',
  drawPart: 'units of the order; two searches; here empty lanes',
  beginRebuild: 'skus: another thread gives the memory back; 1 of these gates was full',
  renew: 'nothing',
  load: 'claims of the call: 100 here',
  publish: 'skus: 1 here',
  setCapacity: 'nothing',
  resend: 'nothing',
  drop: 'skus, as beginRebuild; here there is no gate',
  incarnation: 'nothing',
  doubtful: 'nothing; here the server has not failed over',
  enterWait: 'all of 50 places',
  takeRate: 'nothing',
};

async function measure(folder: string, progress: Run['progress']): Promise<Measurement> {
  await using engines = await openRig(folder);
  using subject = await loadSubject(engines, folder);
  const times: ScriptTimes[] = [];
  for (const units of sizes) {
    const saleId = `scripts-${units}`;
    progress(`a gate of ${unitsText(units)} units, filled`);
    await makeGate(subject.gate, saleId, { [crowdSku]: units });
    await fillGate(subject, saleId, units - clear);
    progress(`scripts at ${unitsText(units)} units`);
    const timer = new ScriptTimer(engines.redis, { subject, saleId, units });
    times.push({
      ...(await sumRounds(rounds, (round) => timeOrders(timer, round))),
      ...(await sumRounds(rounds, (round) => timeCollisions(timer, round))),
      ...(await sumRounds(rounds, (round) => timeOthers(timer, round))),
      ...(await sumRounds(rounds, (round) => timeRebuild(timer, round))),
      ...(await sumRounds(rounds, (round) => timeLanes(timer, round))),
    });
  }
  const rows = (Object.keys(expected) as ScriptName[]).map((name): ComparisonRow => {
    const timed = times.map((of) => of[name]);
    return { name, values: [timed[0]?.calls ?? 0, ...timed.map(({ calls, us }) => us / calls)], expected: expected[name] };
  });
  const columns = ['calls at each size', ...sizes.map((units) => `µs a call at ${unitsText(units)} units`)];
  return { name: 'scripts', figures: [], comparisons: [{ of: 'script', columns, rows }] };
}

await beChild(measure);
