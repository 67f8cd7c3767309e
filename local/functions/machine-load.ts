import os from 'node:os';

/** Share of the machine's processor time that was at work since the last call: 0 to 1. */
export function machineLoad(): () => number {
  let before = totals();
  return () => {
    const now = totals();
    const all = now.all - before.all;
    const idle = now.idle - before.idle;
    before = now;
    // Ticks of 10 ms: asked twice within one there is nothing to tell, and nobody is held up for it.
    return all === 0 ? 0 : 1 - idle / all;
  };
}

function totals(): { all: number; idle: number } {
  let all = 0;
  let idle = 0;
  for (const { times } of os.cpus()) {
    all += times.user + times.nice + times.sys + times.irq + times.idle;
    idle += times.idle;
  }
  return { all, idle };
}
