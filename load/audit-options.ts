import { parseArgs } from 'node:util';
import { parseFault, parseTarget, type Target } from './target.ts';

/** What one audit does. */
export interface AuditOptions extends Target {
  readonly saleId: string;
  /** File that receives report and audit as they were answered. */
  readonly json?: string;
}

/** What the command line asks for; `usage` lists every fault found in it. */
export type AuditCommand =
  | { readonly kind: 'run'; readonly options: AuditOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'usage'; readonly faults: readonly string[] };

/** Printed by --help. */
export const auditHelp = `Prints the books of a sale as a table, and has them proved.

  npm run audit -- --sale ID [options]

  --sale ID      the sale
  --url URL      the system                    (default http://127.0.0.1 at PORT, else 3000)
  --key KEY      operator key                  (default PENSTOCK_OPERATOR_KEY, else psk_local)
  --json FILE    also write report and audit to FILE
  --help         this text

It may take a minute for a large sale. Exit: 0 no finding · 1 a finding · 2 wrong use · 3 the books cannot be read.
`;

const spec = {
  sale: { type: 'string' },
  url: { type: 'string' },
  key: { type: 'string' },
  json: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Reads the command line. Pure: the environment is passed in. */
export function parseAuditOptions(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): AuditCommand {
  const parsed = readArguments(args);
  if (typeof parsed === 'string') return { kind: 'usage', faults: [parsed] };
  if (parsed.help === true) return { kind: 'help' };
  const faults: string[] = [];
  const target = parseTarget(parsed, environment, faults);
  const { sale: saleId, json } = parsed;
  if (saleId === undefined || !/^[a-z0-9][a-z0-9-]{0,62}$/.test(saleId))
    faults.push(`--sale: got ${saleId ?? 'nothing'}, expected the id of a sale`);
  if (json === '') faults.push('--json: got an empty name, expected a file');
  if (saleId === undefined || target === undefined || faults.length > 0) return { kind: 'usage', faults };
  return { kind: 'run', options: { ...target, saleId, ...(json === undefined ? {} : { json }) } };
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: spec, strict: true, allowPositionals: false }).values;
  } catch (error) {
    return parseFault(error);
  }
}
