import { limits } from '../../contracts/limits.ts';
import { UnavailableError } from '../kernel/faults.ts';
import { rebuildGate } from '../stock/rebuild-gate.ts';
import type { SaleChangeDependencies } from './put-sale.ts';
import { saleState, type Sale, type SaleState } from './sale.ts';

/** What an operator can do to a sale at once. */
export type SaleTransition = 'open' | 'pause' | 'resume' | 'close';

/** What a transition is answered. `sale-state`: it cannot be made from this state. */
export type ChangeSaleStateOutcome =
  | { readonly kind: 'changed' | 'unchanged'; readonly sale: Sale }
  | { readonly kind: 'sale-not-found' }
  | { readonly kind: 'sale-state'; readonly state: SaleState };

/** What changes; undefined where this very sale cannot change so. */
type Change = (sale: Sale, nowMs: number) => Partial<Sale> | undefined;

/** Which transition leads where: state → transition → what changes, 'unchanged' for the same state again. */
const transitions: Record<SaleState, Partial<Record<SaleTransition, 'unchanged' | Change>>> = {
  scheduled: { open: (_, nowMs) => ({ opensAtMs: nowMs }), close: closeNow },
  open: { open: 'unchanged', pause: () => ({ halt: 'paused' }), resume: 'unchanged', close: closeNow },
  paused: { pause: 'unchanged', resume: () => ({ halt: 'none' }), close: closeNow },
  closed: { open: reopen, close: 'unchanged' },
};

/** Keeps opensAt before closesAt when a sale is closed before it ever opened. A later closesAt alone does not open it again. */
function closeNow(sale: Sale, nowMs: number): Partial<Sale> {
  return { closesAtMs: nowMs, opensAtMs: Math.min(sale.opensAtMs, nowMs - 1), halt: 'closed' };
}

function reopen(sale: Sale, nowMs: number): Partial<Sale> | undefined {
  return nowMs < sale.closesAtMs ? { halt: 'none' } : undefined;
}

/**
 * Opens, pauses, resumes or closes a sale now, with one conditional write; new orders see it within 1 s (near caches),
 * orders accepted before go on. Opening and resuming make the gate first if there is none, whatever the sale's state: so an
 * operator mends a lost gate by opening again, and a sale that is over has its replays, polls and audit back although it stays closed.
 */
export async function changeSaleState(
  deps: SaleChangeDependencies,
  saleId: string,
  transition: SaleTransition,
): Promise<ChangeSaleStateOutcome> {
  for (let attempt = 0; attempt < limits.saleWriteAttempts; attempt += 1) {
    const stored = await deps.catalog.read(saleId);
    if (!stored) return { kind: 'sale-not-found' };
    if (transition === 'open' || transition === 'resume') await rebuildGate(deps, stored);
    const nowMs = deps.clock.nowMs();
    const state = saleState(stored, nowMs);
    const found = transitions[state][transition];
    const change = typeof found === 'function' ? found(stored, nowMs) : found;
    if (!change) return { kind: 'sale-state', state };
    if (change === 'unchanged') return { kind: 'unchanged', sale: stored };
    const sale: Sale = { ...stored, ...change, version: stored.version + 1 };
    if ((await deps.catalog.write(sale)) === 'written') return { kind: 'changed', sale };
  }
  throw new UnavailableError('catalog', `the sale changed ${limits.saleWriteAttempts} times while it was being written`);
}
