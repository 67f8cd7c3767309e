import { execFile } from 'node:child_process';
import os from 'node:os';
import { promisify } from 'node:util';

/** What the figures were measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly redis: string;
  /** Runnable processes over the last minute, before the bench: above 0.2 a core something else is at work. */
  readonly load1: number;
}

/** Reads the machine's own account of itself. */
export async function readMachine(): Promise<Machine> {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model.trim() ?? 'unknown',
    cores: cpus.length,
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    redis: await redisVersion(),
    load1: Math.round((os.loadavg()[0] ?? 0) * 100) / 100,
  };
}

async function redisVersion(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('redis-server', ['--version']);
    return /v=(\S+)/.exec(stdout)?.[1] ?? stdout.trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'none';
    throw error;
  }
}

/** Two lines for people; the second warns when the machine is busy. */
export function machineText(machine: Machine): string {
  const { cpu, cores, memoryGb, system, node, redis, load1 } = machine;
  const line = `machine  ${cpu} · ${cores} cores · ${memoryGb} GB · ${system} · Node ${node} · redis-server ${redis} · load ${load1}`;
  return load1 > cores * 0.2 ? `${line}\nwarning  the machine is not idle: the figures are worse than they could be` : line;
}
