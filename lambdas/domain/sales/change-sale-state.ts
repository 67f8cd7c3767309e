import { limits } from '../../contracts/limits.ts';
import { UnavailableError } from '../kernel/faults.ts';
import { rebuildGate } from '../stock/rebuild-gate.ts';
import type { SaleChangeDependencies } from './put-sale.ts';
import { saleState, type Sale, type SaleState } from './sale.ts';

export type SaleTransition = 'open' | 'close';

export type ChangeSaleStateOutcome =
  | { readonly kind: 'changed' | 'unchanged'; readonly sale: Sale }
  | { readonly kind: 'sale-not-found' }
  | { readonly kind: 'sale-state'; readonly state: SaleState };

/** Which transition leads where: state → transition → what changes, 'unchanged' for the same state again. */
const transitions: Record<SaleState, Partial<Record<SaleTransition, 'unchanged' | ((sale: Sale, nowMs: number) => Partial<Sale>)>>> = {
  scheduled: { open: (_, nowMs) => ({ opensAtMs: nowMs }), close: closeNow },
  open: { open: 'unchanged', close: closeNow },
  paused: { close: closeNow },
  closed: { close: 'unchanged' },
};

/** Keeps opensAt before closesAt when a sale is closed before it ever opened. */
function closeNow(sale: Sale, nowMs: number): Partial<Sale> {
  return { closesAtMs: nowMs, opensAtMs: Math.min(sale.opensAtMs, nowMs - 1) };
}

/**
 * Opens or closes a sale now, by moving its times with one conditional write; new orders see it within 1 s (near
 * caches). Opening makes the gate first if there is none, whatever the sale's state: so an operator mends a lost gate by
 * opening again, and a sale that is over has its replays, polls and audit back although it stays closed.
 */
export async function changeSaleState(
  deps: SaleChangeDependencies,
  saleId: string,
  transition: SaleTransition,
): Promise<ChangeSaleStateOutcome> {
  for (let attempt = 0; attempt < limits.saleWriteAttempts; attempt += 1) {
    const stored = await deps.catalog.read(saleId);
    if (!stored) return { kind: 'sale-not-found' };
    if (transition === 'open') await rebuildGate(deps, stored);
    const nowMs = deps.clock.nowMs();
    const state = saleState(stored, nowMs);
    const change = transitions[state][transition];
    if (!change) return { kind: 'sale-state', state };
    if (change === 'unchanged') return { kind: 'unchanged', sale: stored };
    const sale: Sale = { ...stored, ...change(stored, nowMs), version: stored.version + 1 };
    if ((await deps.catalog.write(sale)) === 'written') return { kind: 'changed', sale };
  }
  throw new UnavailableError('catalog', `the sale changed ${limits.saleWriteAttempts} times while it was being written`);
}
