import { parseArgs } from 'node:util';

/** Every section of the bench, in the order in which they run, and what it measures. */
export const sections = {
  sizes: 'kilobytes of the bundle of each function',
  imports: 'milliseconds that a fresh process takes to evaluate each bundle',
  calls: 'calls to Redis, SQS and DynamoDB, and request units, of each kind of request',
  'in-process': 'orders a second through handler and gate, and processor time beyond the calls',
  throughput: 'fixed arrival rates against a whole local system; latency from the intended start',
  growth: 'what an order, a rebuild, an audit and a report cost as a sale grows',
  rebuild: 'seconds to make the gate of 100,000 claims again, and what polls of orders meet meanwhile',
  scripts: 'microseconds of each gate script, in a small sale and in a large one',
} as const;

/** Names a section, as `--only` does. */
export type Section = keyof typeof sections;
const names = Object.keys(sections) as Section[];

/** What the command line asks for. */
export type BenchCommand =
  | { readonly kind: 'run'; readonly sections: readonly Section[]; readonly json?: string }
  | { readonly kind: 'help' }
  | { readonly kind: 'usage'; readonly fault: string };

/** Printed by --help. */
export const benchHelp = `Measures what the design promises, and prints each figure with its bound and its floor. Asserts nothing.

  npm run bench [-- options]

  --only NAME    one section, or several: --only NAME --only NAME
  --json FILE    also write everything to FILE, the machine included
  --help         this text

Sections:
${names.map((name) => `  ${name.padEnd(13)}  ${sections[name]}`).join('\n')}

The tables go to standard output, as docs/performance.md has them; progress goes to standard error. Nothing else should
run on the machine meanwhile. Ctrl-C ends it; whatever it started ends with it.
Exit: 0 measured · 1 a section failed to run · 2 wrong use · 130 stopped.
`;

/** Reads the command line. */
export function parseBenchOptions(args: readonly string[]): BenchCommand {
  let values;
  try {
    ({ values } = parseArgs({ args: [...args], options: spec, strict: true, allowPositionals: false }));
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    if (typeof code !== 'string' || !code.startsWith('ERR_PARSE_ARGS_')) throw error;
    return { kind: 'usage', fault: String(message) };
  }
  if (values.help === true) return { kind: 'help' };
  if (values.json === '') return { kind: 'usage', fault: '--json: got an empty name, expected a file' };
  const unknown = values.only?.find((name) => !Object.hasOwn(sections, name));
  if (unknown !== undefined) return { kind: 'usage', fault: `--only: got ${unknown}, expected one of ${names.join(', ')}` };
  const only = new Set<string>(values.only ?? names);
  return { kind: 'run', sections: names.filter((name) => only.has(name)), ...(values.json === undefined ? {} : { json: values.json }) };
}

const spec = {
  only: { type: 'string', multiple: true },
  json: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;
