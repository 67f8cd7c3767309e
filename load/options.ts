import { parseArgs } from 'node:util';
import { loadLimits } from './limits.ts';
import { parseFault, parseTarget, type Target } from './target.ts';

/** What one run of the crowd does. */
export interface CrowdOptions extends Target {
  readonly buyers: number;
  /** Capacity of the one sku sold, in units. */
  readonly stock: number;
  readonly ratePerSecond: number;
  /** Units each buyer asks for. */
  readonly quantity: number;
  /** File that receives the whole result. */
  readonly json?: string;
}

/** What the command line asks for; `usage` lists every fault found in it. */
export type CrowdCommand =
  | { readonly kind: 'run'; readonly options: CrowdOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'usage'; readonly faults: readonly string[] };

/** Printed by --help. */
export const crowdHelp = `Opens a sale, sends a crowd at it, and proves the books afterwards.

  npm run crowd -- [options]

  --buyers N     buyers, one order each        (default 2000; 1 to ${loadLimits.buyersMax})
  --stock N      units for sale                (default 200; 1 to ${loadLimits.stockMax})
  --rate N       arrivals a second, fixed      (default 1000; above 0, to ${loadLimits.ratePerSecondMax})
  --quantity N   units each buyer asks for     (default 1; 1 to ${loadLimits.quantityMax})
  --url URL      the system                    (default http://127.0.0.1 at PORT, else 3000)
  --key KEY      operator key                  (default PENSTOCK_OPERATOR_KEY, else psk_local)
  --json FILE    also write everything to FILE
  --help         this text

Ctrl-C stops the arrivals and reports what was done; a second Ctrl-C ends at once.
Exit: 0 all invariants hold · 1 one is broken · 2 wrong use · 3 the system cannot be reached.
`;

/** Reads the command line. Pure: the environment is passed in. */
export function parseCrowdOptions(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): CrowdCommand {
  let values: Values;
  try {
    ({ values } = parseArgs({ args: [...args], options: spec, strict: true, allowPositionals: false }));
  } catch (error) {
    return { kind: 'usage', faults: [parseFault(error)] };
  }
  if (values.help === true) return { kind: 'help' };

  const faults: string[] = [];
  const target = parseTarget(values, environment, faults);
  const buyers = wholeNumber('--buyers', values.buyers ?? '2000', 1, loadLimits.buyersMax, faults);
  const stock = wholeNumber('--stock', values.stock ?? '200', 1, loadLimits.stockMax, faults);
  const quantity = wholeNumber('--quantity', values.quantity ?? '1', 1, loadLimits.quantityMax, faults);
  const ratePerSecond = Number(values.rate ?? '1000');
  if (!(ratePerSecond > 0 && ratePerSecond <= loadLimits.ratePerSecondMax))
    faults.push(`--rate: got ${values.rate}, expected a number above 0, to ${loadLimits.ratePerSecondMax}`);
  if (values.json === '') faults.push('--json: got an empty name, expected a file');
  if (target === undefined || faults.length > 0) return { kind: 'usage', faults };
  return {
    kind: 'run',
    options: { ...target, buyers, stock, quantity, ratePerSecond, ...(values.json === undefined ? {} : { json: values.json }) },
  };
}

const spec = {
  buyers: { type: 'string' },
  stock: { type: 'string' },
  rate: { type: 'string' },
  quantity: { type: 'string' },
  url: { type: 'string' },
  key: { type: 'string' },
  json: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = { [K in keyof typeof spec]?: ((typeof spec)[K]['type'] extends 'boolean' ? boolean : string) | undefined };

function wholeNumber(name: string, given: string, min: number, max: number, faults: string[]): number {
  const value = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
  if (!(value >= min && value <= max)) faults.push(`${name}: got ${given}, expected a whole number from ${min} to ${max}`);
  return value;
}
