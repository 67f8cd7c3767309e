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

/** The state that meta has in `st`; a gate without one does not exist. */
export function gateState(stored: string | null | undefined): GateState {
  return stored === 'ready' || stored === 'rebuilding' ? stored : 'none';
}
