import { buy } from './buyer.ts';
import { drawFaults, type FaultRates } from './faults.ts';
import { History } from './history.ts';
import { operate, reopen } from './operator.ts';
import { prepare } from './prepare.ts';
import { checkQuiet } from './quiet-checker.ts';
import { Random } from './random.ts';
import { drawScenario, type Scenario, startMs } from './scenario.ts';
import { makeSystem, type System } from './system.ts';
import { type Dependency, World } from './world.ts';

export interface SimulationResult {
  readonly seed: number;
  /** Orders asked for. */
  readonly orders: number;
  readonly virtualMs: number;
  /** The first thing that must not be; undefined: all held. */
  readonly violation: string | undefined;
  readonly rates: FaultRates;
  /** What kinds of things happened (`--coverage`). */
  readonly reached: ReadonlySet<string>;
  readonly trace: readonly string[];
}

/** What a run is about, where it is not left to the seed: to look longer where a bug is likely. */
export interface Focus {
  readonly scenario?: Partial<Scenario>;
  readonly rates?: Partial<FaultRates>;
}

export interface SimulationOptions {
  readonly traced: boolean;
  readonly focus?: Focus | undefined;
}

/** After the last buyer: holds end, messages come back, sweeps mend. */
const quietMs = 5 * 60_000;

/** A call waits limits.takeMs and for the queue, 5 s lie between two: minutes, where a rebuild takes seconds. */
const reopenAttempts = 12;

/** One run from its seed: the same seed, the same run. */
export async function simulate(seed: number, options: SimulationOptions = { traced: false }): Promise<SimulationResult> {
  const drawn = new Random(seed);
  const about = drawScenario(drawn);
  const rates = { ...drawFaults(drawn), ...options.focus?.rates };
  const world = new World({ seed: drawn.whole(0, 2 ** 31), rates, startMs, traced: options.traced });
  const scenario = { ...about, ...options.focus?.scenario };
  const system = makeSystem(world);
  const history = new History();
  const phase = { done: false };
  const ended = run(system, scenario, history).catch((error: unknown) => world.violate(`the simulation itself failed: ${String(error)}`));
  void ended.finally(() => {
    phase.done = true;
  });
  while (!phase.done && !world.violation) await world.timeline.runUntil(world.nowMs + 1000);
  return {
    seed,
    orders: history.orders.size,
    virtualMs: world.nowMs - startMs,
    violation: world.violation,
    rates,
    reached: world.reached,
    trace: world.trace ?? [],
  };
}

async function run(system: System, scenario: Scenario, history: History): Promise<void> {
  const { world } = system;
  const withinMs = (scenario.preparation?.opensInMs ?? 0) + scenario.busyMs;
  breakThings(system, withinMs, history);
  await prepare(system, scenario);
  for (let index = 0; index < scenario.buyers; index += 1) void buy(system, scenario, history, index);
  for (let index = 0; index < scenario.operators; index += 1) void operate(system, scenario, index);
  await world.timeline.sleep(Math.max(scenario.busyMs, startMs + withinMs - world.nowMs));
  world.calm();
  world.tell(() => 'calm');
  await world.timeline.sleep(quietMs / 2);
  system.backing.orders.redrive();
  await reopenInTime(system);
  await world.timeline.sleep(quietMs / 2);
  await checkQuiet(system, scenario, history);
}

/** Once nothing breaks any more, a sale can be opened again, also when its gate must be made again first. */
async function reopenInTime(system: System): Promise<void> {
  const { world } = system;
  for (let attempt = 0; attempt < reopenAttempts; attempt += 1) {
    if (await reopen(system)) return;
    await world.timeline.sleep(5000);
  }
  world.violate(`the sale could not be opened again by ${reopenAttempts} calls`);
}

/** Plans what befalls the stores within so long. */
function breakThings(system: System, withinMs: number, history: History): void {
  const { world, shards } = system;
  const { random, rates, timeline } = world;
  const endMs = world.nowMs + withinMs;
  const plan = (perMinute: number, happen: () => void) => {
    for (let atMs = nextMs(random, perMinute); atMs < withinMs; atMs += nextMs(random, perMinute)) timeline.after(atMs, happen);
  };
  // A sale of several lanes loses one of them, or all.
  const some = () => (shards.all.length <= 1 || random.chance(0.5) ? shards.all : [random.pick(shards.all)]);
  const wipe = () => {
    const lost = some();
    world.tell(() => `fault: ${lost.length} of ${shards.all.length} shards of the gate are wiped`);
    world.reached.add('fault: gate wiped');
    history.gateLossesAtMs.push(world.nowMs);
    for (const shard of lost) shard.call(['flushall']);
    // Somebody may see it before the sweeper does.
    if (random.chance(0.6)) timeline.after(random.between(50, 3000), () => void reopen(system));
  };
  plan(rates.wipesPerMinute, wipe);
  plan(rates.failoversPerMinute, () => {
    const most = random.whole(1, 8);
    const failed = some();
    world.tell(() => `fault: ${failed.length} of ${shards.all.length} shards of the gate fail over and lose ${most} writes`);
    history.failovers += 1;
    world.reached.add('fault: gate failed over');
    history.gateLossesAtMs.push(world.nowMs);
    for (const shard of failed) shards.failOver(shard, most);
    // The replica that took over may be lost too.
    if (rates.wipesPerMinute > 0 && random.chance(0.3)) timeline.after(random.between(20, 2000), wipe);
  });
  plan(rates.outagesPerMinute, () =>
    world.breakDown(random.pick<Dependency>(['gate', 'ledger', 'queue', 'catalog']), random.between(200, 8000)),
  );
  plan(rates.stallsPerMinute, () => {
    const stalled = random.pick([system.backing.orders, system.backing.expiries]);
    stalled.stall(Math.min(random.between(1000, 120_000), endMs - world.nowMs));
  });
}

/** Until the next of so many a minute, at random (a Poisson process). */
function nextMs(random: Random, perMinute: number): number {
  return perMinute === 0 ? Infinity : (-Math.log(1 - random.next()) / perMinute) * 60_000;
}
