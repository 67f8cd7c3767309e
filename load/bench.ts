import { measurementMarkdown } from './bench/markdown.ts';
import type { Measurement } from './bench/figure.ts';
import { machineText, readMachine } from './bench/machine.ts';
import { measureImports } from './bench/measure-imports.ts';
import { measureSizes } from './bench/measure-sizes.ts';
import { measureThroughput } from './bench/measure-throughput.ts';
import { benchHelp, parseBenchOptions, type Section } from './bench/options.ts';
import { type Run, runChild } from './bench/run-child.ts';
import { stopOnSignals } from './bench/stop-on-signals.ts';
import { withFolder } from './bench/with-folder.ts';
import { refuse } from './refuse.ts';
import { jsonFault, writeJson } from './write-json.ts';

/** Ends of the command, as the help says. 130 is the shell's own for Ctrl-C. */
const exits = { measured: 0, failed: 1, stopped: 130 } as const;

/** A section in a process of its own, whose files are gone however it ends. */
const inChild = (module: string) => (run: Run) =>
  withFolder((folder) => runChild<Measurement>(new URL(module, import.meta.url), run, folder));

const measurements: Readonly<Record<Section, (run: Run) => Promise<Measurement>>> = {
  sizes: measureSizes,
  imports: measureImports,
  calls: inChild('bench/calls-child.ts'),
  'in-process': inChild('bench/in-process-child.ts'),
  throughput: measureThroughput,
  growth: inChild('bench/growth-child.ts'),
  rebuild: inChild('bench/rebuild-child.ts'),
  scripts: inChild('bench/scripts-child.ts'),
};

async function bench(sections: readonly Section[], json: string | undefined): Promise<number> {
  const fault = await jsonFault(json);
  if (fault !== undefined) return refuse('bench', fault);
  const signal = stopOnSignals();
  const machine = await readMachine();
  console.log(machineText(machine));
  const done: Measurement[] = [];
  const failed: Section[] = [];
  for (const section of sections) {
    try {
      const progress = (text: string): void => void process.stderr.write(`${section}: ${text}\n`);
      progress('begins');
      const measurement = await measurements[section]({ signal, progress });
      done.push(measurement);
      console.log(`\n${measurementMarkdown(measurement)}`);
    } catch (error) {
      if (signal.aborted) {
        process.stderr.write('stopped\n');
        return exits.stopped;
      }
      failed.push(section);
      console.error(`${section} could not be measured:`, error);
    }
  }
  if (json !== undefined) await writeJson(json, { schema: 'penstock.bench/2', machine, measurements: done, failed });
  return failed.length === 0 ? exits.measured : exits.failed;
}

const command = parseBenchOptions(process.argv.slice(2));
switch (command.kind) {
  case 'help':
    console.log(benchHelp);
    break;
  case 'usage':
    process.exitCode = refuse('bench', command.fault);
    break;
  case 'run':
    process.exitCode = await bench(command.sections, command.json);
    break;
}
