import { limits } from '../../contracts/limits.ts';
import type { GateState, GateSummary } from '../../domain/stock/ports.ts';

/** The summary from its three replies: meta as a hash, the number of pending orders, the oldest of them with its score. */
export function readSummary([hash, pendingOrders, oldest]: readonly unknown[], skus: readonly string[]): GateSummary {
  const meta = hash as Readonly<Record<string, string>>;
  const [, score] = oldest as readonly string[];
  return {
    state: gateState(meta['st']),
    available: Object.fromEntries(skus.map((sku) => [sku, Math.max(0, Number(meta[`cap:${sku}`] ?? 0) - Number(meta[`set:${sku}`] ?? 0))])),
    pendingOrders: Number(pendingOrders),
    ...(score === undefined ? {} : { oldestPendingAtMs: Number(score) - limits.pendingResendMs }),
  };
}

/** Several lanes as one gate: ready when all are, none when none is there. */
export function joinSummaries(lanes: readonly GateSummary[], skus: readonly string[]): GateSummary {
  const oldest = lanes.flatMap(({ oldestPendingAtMs }) => oldestPendingAtMs ?? []);
  return {
    state: joinStates(lanes.map(({ state }) => state)),
    available: Object.fromEntries(skus.map((sku) => [sku, lanes.reduce((sum, { available }) => sum + (available[sku] ?? 0), 0)])),
    pendingOrders: lanes.reduce((sum, { pendingOrders }) => sum + pendingOrders, 0),
    ...(oldest.length === 0 ? {} : { oldestPendingAtMs: Math.min(...oldest) }),
  };
}

/** Of several lanes: ready when all are, none when none is there. */
export function joinStates(states: readonly GateState[]): GateState {
  const [first = 'none'] = states;
  return states.every((state) => state === first) ? first : 'rebuilding';
}

/** The state that meta has in `st`; a gate without one does not exist. */
export function gateState(stored: string | null | undefined): GateState {
  return stored === 'ready' || stored === 'rebuilding' ? stored : 'none';
}
