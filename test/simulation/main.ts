import { parseArgs } from 'node:util';
import { plants } from './plants.ts';
import { foundWithout, runSeeds } from './run-seeds.ts';
import type { RangeResult } from './seed-worker.ts';

const help = `npm run sim -- [options]: all of Penstock on a virtual clock, under faults, checked against its invariants

  --seeds N      so many runs (default 1000)
  --from N       the first seed (default 1)
  --seed N       this one run, and all that happened in it
  --plant NAME   with a bug planted: it must be found (exit 0), in a run that holds without it, or else exit 1
  --plants       each of the planted bugs, one after the other, within --seeds (default 2000) each
  --coverage     also tells in how many of the runs each fault, answer of the gate and transition of an order happened
  --list         the planted bugs
  --hours H      runs on for so long instead of --seeds
  --jobs N       processes (default: one for each core)
  --help         this text

Exit: 0 all held (or the planted bug was found), 1 a violation (or the planted bug was not found), 2 wrong usage.
`;

interface Options {
  readonly seeds: number | undefined;
  readonly from: number;
  readonly seed: number | undefined;
  readonly plant: string | undefined;
  readonly plants: boolean;
  readonly coverage: boolean;
  readonly hours: number | undefined;
  readonly jobs: number | undefined;
}

const stop = new AbortController();

function readOptions(): Options | 'list' | 'help' {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string' },
      from: { type: 'string' },
      seed: { type: 'string' },
      plant: { type: 'string' },
      plants: { type: 'boolean', default: false },
      coverage: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      hours: { type: 'string' },
      jobs: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  if (values.list) return 'list';
  if (values.plant !== undefined && !(values.plant in plants))
    throw new Error(`no planted bug is called ${values.plant}; --list names them all`);
  const alone = (['seed', 'seeds', 'hours', 'plants'] as const).filter((name) => values[name] !== undefined && values[name] !== false);
  if (alone.length > 1 && !(alone.length === 2 && values.plants && values.seeds !== undefined))
    throw new Error(`--${alone.join(' and --')} do not go together`);
  if (values.seed !== undefined && values.coverage) throw new Error('--seed shows all that happened; --coverage counts over many runs');
  if (values.plants && values.plant !== undefined) throw new Error('--plants runs all of them: leave out --plant');
  return {
    seeds: positive('seeds', values.seeds),
    from: positive('from', values.from) ?? 1,
    seed: positive('seed', values.seed),
    plant: values.plant,
    plants: values.plants,
    coverage: values.coverage,
    hours: values.hours === undefined ? undefined : hoursOf(values.hours),
    jobs: positive('jobs', values.jobs),
  };
}

function positive(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^[1-9]\d{0,14}$/.test(value)) throw new Error(`--${name} takes a whole number from 1, got ${value}`);
  return Number(value);
}

function hoursOf(value: string): number {
  const hours = Number(value);
  if (!(hours > 0)) throw new Error(`--hours takes a number over 0, got ${value}`);
  return hours;
}

/** One seed, with all that happened. */
async function replay(seed: number, plant: string | undefined): Promise<number> {
  const { found } = await runSeeds({ from: seed, to: seed + 1, plant, traced: true, jobs: 1 });
  process.stdout.write(`${(found?.trace ?? []).join('\n')}\nfaults: ${JSON.stringify(found?.rates)}\n`);
  process.stdout.write(found?.violation === undefined ? `seed ${seed}: all held\n` : `seed ${seed}: ${found.violation}\n`);
  return (found?.violation === undefined) === (plant === undefined) ? 0 : 1;
}

/** Runs seeds and tells how it went; true: a violation was found, of a planted bug one that is not there without it. */
async function search(options: Options, plant: string | undefined, seeds: number): Promise<boolean> {
  const startMs = performance.now();
  let toldMs = startMs;
  const result = await runSeeds({
    from: options.from,
    to: options.hours === undefined ? options.from + seeds : Infinity,
    ...(options.hours === undefined ? {} : { untilMs: Date.now() + options.hours * 3_600_000 }),
    plant,
    traced: false,
    jobs: options.jobs,
    signal: stop.signal,
    onProgress: (total) => {
      if (performance.now() - toldMs < 10_000) return;
      toldMs = performance.now();
      process.stderr.write(`${total.seeds} seeds, all held so far …\n`);
    },
  });
  const seconds = (performance.now() - startMs) / 1000;
  const rates = `${(result.seeds / seconds).toFixed(0)} seeds/s, ${(result.orders / seconds).toFixed(0)} orders/s, ${(result.virtualMs / 1000 / seconds).toFixed(0)} virtual s/s`;
  const named = plant === undefined ? '' : `${plant} (${plants[plant]?.of}): `;
  const outcome = result.found ? `seed ${result.found.seed}: ${result.found.violation}` : 'all held';
  process.stdout.write(`${named}${result.seeds} seeds in ${seconds.toFixed(1)} s (${rates}): ${outcome}\n`);
  if (options.coverage) tellCoverage(result);
  if (result.found)
    process.stdout.write(`  replay: npm run sim -- --seed ${result.found.seed}${plant === undefined ? '' : ` --plant ${plant}`}\n`);
  if (plant === undefined || !result.found) return result.found !== undefined;
  const anyway = await foundWithout(plant, result.found.seed);
  if (anyway !== undefined) process.stdout.write(`  not by the planted bug: without it the same run has ${anyway}\n`);
  return anyway === undefined;
}

function tellCoverage({ seeds, reached }: RangeResult): void {
  for (const [what, runs] of Object.entries(reached).toSorted(([one], [other]) => (one < other ? -1 : 1)))
    process.stdout.write(`  ${what.padEnd(44)} ${String(runs).padStart(7)} ${((100 * runs) / seeds).toFixed(1).padStart(6)} %\n`);
}

async function main(): Promise<number> {
  const options = readOptions();
  if (options === 'help') process.stdout.write(help);
  if (options === 'list')
    for (const [name, { of, what }] of Object.entries(plants)) process.stdout.write(`${name.padEnd(26)} ${of}: ${what}\n`);
  if (typeof options === 'string') return 0;
  if (options.seed !== undefined) return replay(options.seed, options.plant);
  if (!options.plants) {
    const found = await search(options, options.plant, options.seeds ?? 1000);
    return found === (options.plant !== undefined) ? 0 : 1;
  }
  const missed: string[] = [];
  for (const name of Object.keys(plants)) if (!(await search(options, name, options.seeds ?? 2000))) missed.push(name);
  process.stdout.write(
    missed.length === 0 ? `all ${Object.keys(plants).length} planted bugs were found\n` : `not found: ${missed.join(', ')}\n`,
  );
  return missed.length === 0 ? 0 : 1;
}

// Ctrl-C, or the launcher's word for it: the chunks under way end, and what was found until then is told.
process.on('SIGINT', () => stop.abort());
process.on('message', () => stop.abort());
try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nTry: npm run sim -- --help\n`);
  process.exitCode = 2;
}
if (process.connected) process.disconnect();
