import { setTimeout as sleep } from 'node:timers/promises';
import { commandLine, descendants } from './processes.ts';

/** Processes of a function's environments below a runtime with PENSTOCK_ISOLATION=process; not their guardians. */
function environmentsOf(runtime: number, label: string): number[] {
  return descendants(runtime).filter((pid) => {
    const words = commandLine(pid);
    return !words.startsWith('/bin/sh') && words.includes('function-process.ts') && words.includes(`"label":"${label}"`);
  });
}

export interface KillOptions {
  /** The process that has the environments below it. */
  readonly runtime: number;
  readonly labels: readonly string[];
  /** Between two kills there are from nothing to twice so many milliseconds. */
  readonly everyMs: number;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly stop: AbortSignal;
}

/** `kill -9` of environments of the functions in turn, at random moments until stopped. Resolves to how many of each were killed. */
export async function killFunctions({ runtime, labels, everyMs, random, stop }: KillOptions): Promise<Record<string, number>> {
  const killed: Record<string, number> = Object.fromEntries(labels.map((label) => [label, 0]));
  for (let turn = 0; !stop.aborted; turn += 1) {
    await sleep(2 * everyMs * random());
    if (stop.aborted) break;
    const label = labels[turn % labels.length] ?? '';
    const running = environmentsOf(runtime, label);
    const pid = running[Math.floor(random() * running.length)];
    if (pid !== undefined && kill(pid)) killed[label] = (killed[label] ?? 0) + 1;
  }
  return killed;
}

/** `kill -9` of all environments that a function has at this moment. Returns how many there were. */
export function killAll(runtime: number, label: string): number {
  return environmentsOf(runtime, label).filter(kill).length;
}

/** False when it had just ended by itself. */
function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
