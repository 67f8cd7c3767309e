import { UnexpectedAnswerError, UnreachableError } from './client.ts';
import { systemClock } from './clock.ts';
import type { CrowdResult } from './crowd-result.ts';
import { crowdHelp, type CrowdOptions, parseCrowdOptions } from './options.ts';
import { reportText } from './report.ts';
import { runCrowd, type Stops } from './run-crowd.ts';
import { SaleNotReadyError } from './sale.ts';
import { refuse, usageStatus } from './refuse.ts';
import { jsonFault, writeJson } from './write-json.ts';

/** Ends of the command, as the help says. 130 is the shell's own for Ctrl-C. */
const exits = { clean: 0, broken: 1, usage: usageStatus, unreachable: 3, killed: 130 } as const;

/** The first Ctrl-C ends the arrivals, or the waiting once all have arrived; the next ends the process. */
function listenForInterrupts(): { readonly stops: Stops; readonly arrivalsDone: () => void } {
  const arrivals = new AbortController();
  const waiting = new AbortController();
  let current = arrivals;
  let interrupted = false;
  process.on('SIGINT', () => {
    if (interrupted) process.exit(exits.killed);
    interrupted = true;
    process.stderr.write('\nstopping; Ctrl-C again ends at once\n');
    current.abort();
  });
  return {
    stops: { arrivals: arrivals.signal, waiting: waiting.signal },
    arrivalsDone: () => {
      current = waiting;
    },
  };
}

async function run(options: CrowdOptions): Promise<number> {
  const fault = await jsonFault(options.json);
  if (fault !== undefined) return refuse('crowd', fault);
  const { stops, arrivalsDone } = listenForInterrupts();
  try {
    const result = await runCrowd(options, { print: (line) => console.log(line), arrivalsDone, stops, clock: systemClock });
    console.log(reportText(result));
    if (options.json !== undefined) await writeJson(options.json, result);
    if (answered(result)) return result.clean ? exits.clean : exits.broken;
    console.error(`No order was answered by ${options.url.href}: did the system end?`);
    return exits.unreachable;
  } catch (error) {
    return explain(error, options);
  }
}

/** False when buyers were sent and not one got any answer. */
function answered({ arrivals, statuses }: CrowdResult): boolean {
  return arrivals.sent === 0 || Object.keys(statuses).some((status) => !status.startsWith('lost '));
}

/** Turns what a run may rightly throw into a sentence and an exit; anything else is a bug and keeps its stack. */
function explain(error: unknown, options: CrowdOptions): number {
  if (error instanceof UnreachableError) {
    console.error(`${error.message}\nNothing usable answers at ${options.url.href}: is \`npm start\` running?`);
    return exits.unreachable;
  }
  if (error instanceof SaleNotReadyError) {
    console.error(error.message);
    return exits.unreachable;
  }
  if (error instanceof UnexpectedAnswerError) {
    const key = error.status === 401 || error.status === 403;
    console.error(key ? `${error.message}\nThe operator key was refused: check --key or PENSTOCK_OPERATOR_KEY.` : error.message);
    return key ? exits.usage : exits.broken;
  }
  throw error;
}

const command = parseCrowdOptions(process.argv.slice(2), process.env);
switch (command.kind) {
  case 'help':
    console.log(crowdHelp);
    break;
  case 'usage':
    process.exitCode = refuse('crowd', command.faults.join('\n'));
    break;
  case 'run':
    process.exitCode = await run(command.options);
    break;
}
