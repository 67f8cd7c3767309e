import { parseArgs } from 'node:util';
import { figureLine, type Measurement } from './bench/figure.ts';
import { machineText, readMachine } from './bench/machine.ts';
import { measureBundles } from './bench/measure-bundles.ts';
import { measureThroughput } from './bench/measure-throughput.ts';
import { runChild } from './bench/run-child.ts';
import { writeJson } from './write-json.ts';

/** Every measurement by its name, in the order in which they run. */
const measurements: Readonly<Record<string, () => Promise<Measurement>>> = {
  bundles: measureBundles,
  calls: () => runChild(new URL('bench/calls-child.ts', import.meta.url)),
  'in-process': () => runChild(new URL('bench/in-process-child.ts', import.meta.url)),
  throughput: measureThroughput,
};

const help = `Measures what the design promises, and prints each figure with its bound and its floor. Asserts nothing.

  npm run bench [-- options]

  --only NAME    one measurement: ${Object.keys(measurements).join(', ')}
  --json FILE    also write everything to FILE
  --help         this text

Nothing else should run on the machine meanwhile. Exit: 0 measured · 1 a measurement failed to run · 2 wrong use.
`;

async function bench(names: readonly string[], json: string | undefined): Promise<number> {
  const machine = await readMachine();
  console.log(machineText(machine));
  const done: Measurement[] = [];
  const failed: string[] = [];
  for (const name of names) {
    console.log(`\n${name}`);
    try {
      const measurement = await measurements[name]?.();
      if (!measurement) continue;
      done.push(measurement);
      for (const figure of measurement.figures) console.log(figureLine(figure));
    } catch (error) {
      failed.push(name);
      console.error(`  could not be measured:`, error);
    }
  }
  if (json !== undefined) await writeJson(json, { schema: 'penstock.bench/1', machine, measurements: done, failed });
  return failed.length === 0 ? 0 : 1;
}

function usage(fault: string): number {
  console.error(`${fault}\nTry: npm run bench -- --help`);
  return 2;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help === true) {
    console.log(help);
    return 0;
  }
  const { only, json } = values;
  if (json === '') return usage('--json: got an empty name, expected a file');
  if (only !== undefined && !(only in measurements))
    return usage(`--only: got ${only}, expected one of ${Object.keys(measurements).join(', ')}`);
  return bench(only === undefined ? Object.keys(measurements) : [only], json);
}

try {
  process.exitCode = await main();
} catch (error) {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code !== 'string' || !code.startsWith('ERR_PARSE_ARGS_')) throw error;
  process.exitCode = usage(String(message));
}
