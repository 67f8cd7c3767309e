import { limits } from '../../contracts/limits.ts';
import { assert } from '../kernel/assert.ts';
import { UnavailableError } from '../kernel/faults.ts';
import type { Clock } from '../kernel/ports.ts';
import { finishRebuild, publishEmpty, rebuildGate, type RebuildDependencies } from '../stock/rebuild-gate.ts';
import type { StockGate } from '../stock/ports.ts';
import { draftItems, type ItemDraft, type ItemsOutcome, type NewSeats } from './draft-items.ts';
import type { SaleCatalog, SeatMaps } from './ports.ts';
import { isSeated, saleState, type Sale } from './sale.ts';

/** A sale as an operator puts it. */
export type SaleDraft = Omit<Sale, 'version' | 'gateVersion' | 'tag' | 'highestCustomerLimit' | 'halt' | 'stockInUse' | 'items'> & {
  readonly items: readonly ItemDraft[];
};

/** What must hold of the stored version: an exact one, some version, none at all, or nothing in particular. */
export type Expected = { readonly version: number } | 'present' | 'absent' | 'any';

/** What a put is answered. `capacity-in-use`: the capacity that this sku has, which may not fall. */
export type PutSaleOutcome =
  | { readonly kind: 'created' | 'replaced'; readonly sale: Sale }
  | { readonly kind: 'precondition-failed'; readonly version?: number }
  /** Members that may not change any more. */
  | { readonly kind: 'sale-already-opened'; readonly members: readonly string[] }
  | { readonly kind: 'capacity-in-use'; readonly sku: string; readonly capacity: number }
  | Exclude<ItemsOutcome, { readonly kind: 'drafted' }>;

/** What any change of a sale needs: each also sees to the gate. */
export interface SaleChangeDependencies extends RebuildDependencies {
  readonly catalog: SaleCatalog;
  readonly gate: RebuildDependencies['gate'] & Pick<StockGate, 'setCapacity'>;
  readonly clock: Clock;
  readonly tagOf: (saleId: string) => string;
}

interface PutSaleDependencies extends SaleChangeDependencies {
  readonly seatMaps: SeatMaps;
}

/**
 * Creates or replaces a sale. Repeating the same put is harmless and finishes what a crash left undone.
 * Opened, or with its stock in use: ledger first, then the gate's capacities are raised (protocol.md rule 24), also in a gate
 * that another process is making again: whatever that one read before, its publish lowers none (rule 7). Else
 * capacities may also fall and items go, so the gate is emptied and closed first, then the sale is written, then the gate opens
 * with the new capacities; dying in between leaves a gate that answers 503 until the put (or an open) is repeated.
 * Seats are written before the version that names them, so no reader meets a sale without its seats; dying in between
 * leaves seats that nobody names, which a put removes as soon as the sale has reached the version they were meant for.
 */
export async function putSale(deps: PutSaleDependencies, draft: SaleDraft, expected: Expected): Promise<PutSaleOutcome> {
  for (let attempt = 0; attempt < limits.saleWriteAttempts; attempt += 1) {
    const stored = await deps.catalog.read(draft.saleId);
    if (!meets(stored, expected)) {
      // It may be the repetition of a put that died after its write: what that left undone is finished whatever we answer.
      if (stored) await tellGate(deps, stored);
      return { kind: 'precondition-failed', ...(stored ? { version: stored.version } : {}) };
    }
    const version = (stored?.version ?? 0) + 1;
    const drafted = draftItems(stored, version, draft.items);
    if (drafted.kind !== 'drafted') return drafted;
    const opened = stored !== undefined && hasOpened(stored, deps.clock.nowMs());
    const inUse = stored !== undefined && (opened || stored.stockInUse);
    const sale: Sale = {
      ...draft,
      items: drafted.items,
      tag: deps.tagOf(draft.saleId),
      version,
      gateVersion: inUse ? stored.gateVersion : version,
      highestCustomerLimit: Math.max(stored?.highestCustomerLimit ?? 0, draft.customerLimit),
      halt: stored?.halt ?? 'none',
      stockInUse: stored?.stockInUse ?? false,
    };
    if (inUse) {
      const moved = await movedSeats(deps.seatMaps, stored, drafted.newSeats);
      const members = [...(opened ? changedTerms(stored, sale) : changedLanes(stored, sale)), ...changedSeats(stored, sale, moved)];
      if (members.length > 0) return { kind: 'sale-already-opened', members };
      const refusal = refuseLess(stored, sale);
      if (refusal) return refusal;
    }
    const written = inUse
      ? await writeInUse(deps, stored, sale, drafted.newSeats)
      : await replaceUnused(deps, stored, sale, drafted.newSeats);
    if (written === 'conflict') continue;
    return { kind: stored ? 'replaced' : 'created', sale };
  }
  throw new UnavailableError('catalog', `the sale changed ${limits.saleWriteAttempts} times while it was being written`);
}

async function writeInUse(
  deps: PutSaleDependencies,
  stored: Sale,
  sale: Sale,
  newSeats: readonly NewSeats[],
): Promise<'written' | 'conflict'> {
  await bringSeats(deps.seatMaps, stored, sale.saleId, newSeats);
  if ((await deps.catalog.write(sale)) === 'conflict') return 'conflict';
  await tellGate(deps, sale);
  return 'written';
}

async function tellGate(deps: SaleChangeDependencies, sale: Sale): Promise<void> {
  for (const { sku, capacity } of sale.items) await deps.gate.setCapacity(sale, sku, capacity);
  await rebuildGate(deps, sale);
}

async function replaceUnused(
  deps: PutSaleDependencies,
  stored: Sale | undefined,
  sale: Sale,
  newSeats: readonly NewSeats[],
): Promise<'written' | 'conflict'> {
  await bringSeats(deps.seatMaps, stored, sale.saleId, newSeats);
  // Seats take a while: a sale that counts as opened by now is judged again as such, and its gate is not emptied.
  if (stored && hasOpened(stored, deps.clock.nowMs())) return 'conflict';
  const token = deps.newToken();
  const skus = [...new Set([...(stored?.items ?? []), ...sale.items].map((item) => item.sku))];
  // A sale just created by somebody else may be selling already: only a gate of a stored, unopened sale is emptied.
  const { saleId, lanes, gateVersion } = sale;
  const begun = await deps.gate.beginRebuild(saleId, token, skus, { remake: stored !== undefined, lanes, gateVersion });
  if (begun === 'locked')
    throw new UnavailableError('gate', 'the gate of this sale is being built', { retryAfterSeconds: limits.rebuildRetryAfterSeconds });
  // Emptying many lanes takes a while too: then orders may have been taken by the old terms, and what they took is loaded again.
  const isLate = stored !== undefined && hasOpened(stored, deps.clock.nowMs());
  if (isLate || (await deps.catalog.write(sale)) === 'conflict') {
    if (begun === 'started') await makeAgain(deps, saleId, token, skus);
    return 'conflict';
  }
  if (begun === 'started') await publishEmpty(deps, sale, token);
  return 'written';
}

/** A gate that was emptied in vain: made as the sale is, and not as it was to be, unless somebody has made it by now. */
async function makeAgain(deps: PutSaleDependencies, saleId: string, token: string, skus: readonly string[]): Promise<void> {
  const stored = await deps.catalog.read(saleId);
  assert(stored, `a sale is never deleted: ${saleId}`);
  const { lanes, gateVersion } = stored;
  if ((await deps.gate.beginRebuild(saleId, token, skus, { remake: false, lanes, gateVersion })) === 'started')
    await finishRebuild(deps, stored, token);
}

async function bringSeats(seatMaps: SeatMaps, stored: Sale | undefined, saleId: string, newSeats: readonly NewSeats[]): Promise<void> {
  if (stored) await seatMaps.prune(stored);
  for (const { item, labels } of newSeats) await seatMaps.write(saleId, item, labels);
}

/** The skus of opened items in which a seat has another number than before: an order knows its seats by their numbers. */
async function movedSeats(seatMaps: SeatMaps, stored: Sale, newSeats: readonly NewSeats[]): Promise<string[]> {
  const moved: string[] = [];
  for (const { item, labels } of newSeats) {
    const before = stored.items.find(({ sku }) => sku === item.sku);
    if (!before || !isSeated(before)) continue;
    const known = await seatMaps.read(stored.saleId, before);
    if (labels.some((label, unit) => unit < known.length && label !== known[unit])) moved.push(item.sku);
  }
  return moved;
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

/** Members that may not change once orders may have been taken. */
function changedTerms(stored: Sale, draft: Sale): string[] {
  const members: string[] = (['currency', 'holdSeconds', 'opensAtMs'] as const).filter((member) => stored[member] !== draft[member]);
  members.push(...changedLanes(stored, draft));
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
  return members;
}

/** A gate with orders is not cut anew: before the opening too, once stock was added to or withdrawn from. */
function changedLanes(stored: Sale, draft: Sale): string[] {
  return stored.lanes === draft.lanes ? [] : ['lanes'];
}

/** A unit in use keeps its seat: before the opening too, once stock was added to or withdrawn from. */
function changedSeats(stored: Sale, draft: Sale, movedSeatsOf: readonly string[]): string[] {
  const drafted = new Map(draft.items.map((item) => [item.sku, item]));
  return stored.items.flatMap((item) => {
    const next = drafted.get(item.sku);
    return [
      ...(!next || isSeated(item) === isSeated(next) ? [] : [`items.${item.sku}.seating`]),
      ...(movedSeatsOf.includes(item.sku) ? [`items.${item.sku}.seats`] : []),
    ];
  });
}

function refuseLess(stored: Sale, draft: Sale): PutSaleOutcome | undefined {
  const drafted = new Map(draft.items.map((item) => [item.sku, item]));
  const lowered = stored.items.find((item) => (drafted.get(item.sku)?.capacity ?? 0) < item.capacity);
  return lowered && { kind: 'capacity-in-use', sku: lowered.sku, capacity: lowered.capacity };
}
