import { limits } from '../../contracts/limits.ts';
import { UnavailableError } from '../kernel/faults.ts';
import type { Clock } from '../kernel/ports.ts';
import { finishRebuild, publishEmpty, rebuildGate, type RebuildDependencies } from '../stock/rebuild-gate.ts';
import type { StockGate } from '../stock/ports.ts';
import type { SaleCatalog } from './ports.ts';
import { saleState, type Sale } from './sale.ts';

/** A sale as an operator puts it. */
export type SaleDraft = Omit<Sale, 'version' | 'tag' | 'highestCustomerLimit' | 'halt' | 'stockInUse'>;

/** What must hold of the stored version: an exact one, some version, none at all, or nothing in particular. */
export type Expected = { readonly version: number } | 'present' | 'absent' | 'any';

export type PutSaleOutcome =
  | { readonly kind: 'created' | 'replaced'; readonly sale: Sale }
  | { readonly kind: 'precondition-failed'; readonly version?: number }
  /** Members that may not change any more. */
  | { readonly kind: 'sale-already-opened'; readonly members: readonly string[] }
  | { readonly kind: 'capacity-in-use'; readonly sku: string; readonly capacity: number };

export interface SaleChangeDependencies extends RebuildDependencies {
  readonly catalog: SaleCatalog;
  readonly gate: RebuildDependencies['gate'] & Pick<StockGate, 'setCapacity'>;
  readonly clock: Clock;
  readonly tagOf: (saleId: string) => string;
}

/**
 * Creates or replaces a sale. Repeating the same put is harmless and finishes what a crash left undone.
 * Opened, or with its stock in use: ledger first, then the gate's capacities are raised (protocol.md rule 24), also in a gate
 * that another process is making again: whatever that one read before, its publish lowers none (rule 7). Else
 * capacities may also fall and items go, so the gate is emptied and closed first, then the sale is written, then the gate opens
 * with the new capacities; dying in between leaves a gate that answers 503 until the put (or an open) is repeated.
 */
export async function putSale(deps: SaleChangeDependencies, draft: SaleDraft, expected: Expected): Promise<PutSaleOutcome> {
  for (let attempt = 0; attempt < limits.saleWriteAttempts; attempt += 1) {
    const stored = await deps.catalog.read(draft.saleId);
    if (!meets(stored, expected)) return { kind: 'precondition-failed', ...(stored ? { version: stored.version } : {}) };
    const sale: Sale = {
      ...draft,
      tag: deps.tagOf(draft.saleId),
      version: (stored?.version ?? 0) + 1,
      highestCustomerLimit: Math.max(stored?.highestCustomerLimit ?? 0, draft.customerLimit),
      halt: stored?.halt ?? 'none',
      stockInUse: stored?.stockInUse ?? false,
    };
    const opened = stored !== undefined && hasOpened(stored, deps.clock.nowMs());
    const inUse = stored !== undefined && (opened || stored.stockInUse);
    const refusal = inUse ? ((opened ? refuseChange(stored, sale) : undefined) ?? refuseLess(stored, sale)) : undefined;
    if (refusal) return refusal;
    const written = inUse ? await writeInUse(deps, sale) : await replaceUnused(deps, stored, sale);
    if (written === 'conflict') continue;
    return { kind: stored ? 'replaced' : 'created', sale };
  }
  throw new UnavailableError('catalog', `the sale changed ${limits.saleWriteAttempts} times while it was being written`);
}

async function writeInUse(deps: SaleChangeDependencies, sale: Sale): Promise<'written' | 'conflict'> {
  if ((await deps.catalog.write(sale)) === 'conflict') return 'conflict';
  for (const { sku, capacity } of sale.items) await deps.gate.setCapacity(sale.saleId, sku, capacity);
  await rebuildGate(deps, sale);
  return 'written';
}

async function replaceUnused(deps: SaleChangeDependencies, stored: Sale | undefined, sale: Sale): Promise<'written' | 'conflict'> {
  const token = deps.newToken();
  const skus = [...new Set([...(stored?.items ?? []), ...sale.items].map((item) => item.sku))];
  // A sale just created by somebody else may be selling already: only a gate of a stored, unopened sale is emptied.
  const begun = await deps.gate.beginRebuild(sale.saleId, token, skus, { remake: stored !== undefined });
  if (begun === 'locked')
    throw new UnavailableError('gate', 'the gate of this sale is being built', { retryAfterSeconds: limits.rebuildRetryAfterSeconds });
  if ((await deps.catalog.write(sale)) === 'conflict') {
    if (begun === 'started') await finishRebuild(deps, sale.saleId, token);
    return 'conflict';
  }
  if (begun === 'started') await publishEmpty(deps, sale, token);
  return 'written';
}

function meets(stored: Sale | undefined, expected: Expected): boolean {
  if (expected === 'any') return true;
  if (typeof expected === 'object') return stored?.version === expected.version;
  return (stored === undefined) === (expected === 'absent');
}

/** True once orders may have been taken: opened, or to open within limits.openingGuardMs. */
export function hasOpened(sale: Sale, nowMs: number): boolean {
  return saleState({ ...sale, opensAtMs: sale.opensAtMs - limits.openingGuardMs }, nowMs) !== 'scheduled';
}

function refuseChange(stored: Sale, draft: SaleDraft): PutSaleOutcome | undefined {
  const members: string[] = (['currency', 'holdSeconds', 'lanes', 'opensAtMs'] as const).filter(
    (member) => stored[member] !== draft[member],
  );
  if (stored.waitingRoom.enabled !== draft.waitingRoom.enabled) members.push('waitingRoom.enabled');
  if (stored.waitingRoom.admissionSeconds !== draft.waitingRoom.admissionSeconds) members.push('waitingRoom.admissionSeconds');
  const drafted = new Map(draft.items.map((item) => [item.sku, item]));
  for (const item of stored.items) {
    const next = drafted.get(item.sku);
    if (!next) members.push(`items.${item.sku}`);
    else
      members.push(
        ...(['name', 'unitPriceMinor', 'orderLimit'] as const)
          .filter((member) => item[member] !== next[member])
          .map((member) => `items.${item.sku}.${member}`),
      );
  }
  return members.length > 0 ? { kind: 'sale-already-opened', members } : undefined;
}

function refuseLess(stored: Sale, draft: SaleDraft): PutSaleOutcome | undefined {
  const drafted = new Map(draft.items.map((item) => [item.sku, item]));
  const lowered = stored.items.find((item) => (drafted.get(item.sku)?.capacity ?? 0) < item.capacity);
  return lowered && { kind: 'capacity-in-use', sku: lowered.sku, capacity: lowered.capacity };
}
