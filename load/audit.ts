import type * as z from 'zod/mini';
import { auditHelp, type AuditOptions, parseAuditOptions } from './audit-options.ts';
import { auditText, reportText } from './books-text.ts';
import { ApiClient, UnexpectedAnswerError, UnreachableError } from './client.ts';
import { loadLimits } from './limits.ts';
import { wholeAuditShape, wholeReportShape } from './shapes.ts';
import { refuse, usageStatus } from './refuse.ts';
import { jsonFault, writeJson } from './write-json.ts';

/** Ends of the command, as the help says. */
const exits = { clean: 0, finding: 1, usage: usageStatus, unread: 3 } as const;

/** The system answered, and cannot tell now, or has no such sale. */
class BooksNotReadError extends Error {
  override readonly name = 'BooksNotReadError';
}

async function run(options: AuditOptions): Promise<number> {
  const fault = await jsonFault(options.json);
  if (fault !== undefined) return refuse('audit', fault);
  const client = new ApiClient({ url: options.url, key: options.key, sockets: 2 });
  try {
    const report = await read(client, options.saleId, 'report', wholeReportShape);
    console.log(reportText(report));
    const audit = await read(client, options.saleId, 'audit', wholeAuditShape);
    console.log(auditText(audit));
    if (options.json !== undefined) await writeJson(options.json, { saleId: options.saleId, report, audit });
    return audit.ok ? exits.clean : exits.finding;
  } catch (error) {
    return explain(error, options);
  } finally {
    await client.close();
  }
}

async function read<S extends z.ZodMiniType>(client: ApiClient, saleId: string, what: 'report' | 'audit', shape: S): Promise<z.infer<S>> {
  const answer = await client.read(`/v1/admin/sales/${saleId}/${what}`, shape, loadLimits.adminRequestMs);
  if (answer.kind === 'found') return answer.value;
  throw new BooksNotReadError(
    answer.kind === 'absent'
      ? `There is no sale ${saleId}.`
      : `The system is busy or a part of it is away, so there is no ${what}: try again.`,
  );
}

/** Turns what a run may rightly throw into a sentence and an exit; anything else is a bug and keeps its stack. */
function explain(error: unknown, { url }: AuditOptions): number {
  if (error instanceof BooksNotReadError) console.error(error.message);
  else if (error instanceof UnreachableError)
    console.error(`${error.message}\nNothing usable answers at ${url.href}: is \`npm start\` running?`);
  else if (error instanceof UnexpectedAnswerError && (error.status === 401 || error.status === 403)) {
    console.error(`${error.message}\nThe operator key was refused: check --key or PENSTOCK_OPERATOR_KEY.`);
    return exits.usage;
  } else if (error instanceof UnexpectedAnswerError) console.error(error.message);
  else throw error;
  return exits.unread;
}

const command = parseAuditOptions(process.argv.slice(2), process.env);
switch (command.kind) {
  case 'help':
    console.log(auditHelp);
    break;
  case 'usage':
    process.exitCode = refuse('audit', command.faults.join('\n'));
    break;
  case 'run':
    process.exitCode = await run(command.options);
    break;
}
