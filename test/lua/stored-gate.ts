import type { Redis } from 'ioredis';
import { bitsKey, ownerBytes, ownKey, saleKeys } from '../../lambdas/stores/redis/keys.ts';
import { type GateModel, textOf } from './gate-model.ts';

/** All that Redis holds of a gate, in a form that two gates can be compared by. */
export interface StoredGate {
  readonly meta: Record<string, string>;
  /** orderId → [version doubled, live, fingerprint, rt, customerId, counts, units, elsewhere, attempt]; the document is judged by what is read. */
  readonly ent: Record<string, string[]>;
  readonly pend: Record<string, number>;
  readonly due: Record<string, number>;
  readonly cust: Record<string, string>;
  readonly lock: string | null;
  /** `sku:unit` → owner slot. */
  readonly own: Record<string, string>;
  /** Units whose bit is set, by sku. */
  readonly bits: Record<string, number[]>;
}

export async function readStored(redis: Redis, saleId: string, skus: readonly string[]): Promise<StoredGate> {
  const keys = saleKeys(saleId);
  // Which server its orders were compared in is none of the rules.
  const [{ compared: _, ...meta }, ent, cust, pend, due, lock] = await Promise.all([
    redis.hgetall(keys.meta),
    redis.hgetall(keys.ent),
    redis.hgetall(keys.cust),
    redis.zrange(keys.pend, '0', '-1', 'WITHSCORES'),
    redis.zrange(keys.due, '0', '-1', 'WITHSCORES'),
    redis.get(keys.lock),
  ]);
  const own: Record<string, string> = {};
  const bits: Record<string, number[]> = {};
  for (const sku of skus) {
    const [slots, bitmap] = await Promise.all([redis.get(ownKey(saleId, sku)), redis.getBuffer(bitsKey(saleId, sku))]);
    for (let at = 0; at < (slots ?? '').length; at += ownerBytes) {
      const slot = (slots ?? '').slice(at, at + ownerBytes);
      if (slot !== '\0'.repeat(ownerBytes)) own[`${sku}:${at / ownerBytes}`] = slot;
    }
    bits[sku] = setBits(bitmap ?? Buffer.alloc(0));
  }
  return {
    meta,
    ent: Object.fromEntries(Object.entries(ent).map(([id, entry]) => [id, fieldsOf(entry)])),
    pend: scores(pend),
    due: scores(due),
    cust,
    lock,
    own,
    bits,
  };
}

/** Which sku comes first in the units means nothing. */
function fieldsOf(entry: string): string[] {
  const [version = '', live = '', fingerprint = '', retaken = '', customer = '', counts = '', units = '', ...lanes] = entry.split(
    '\x1f',
    9,
  );
  return [version, live, fingerprint, retaken, customer, counts, units.split(';').toSorted().join(';'), ...lanes];
}

/** The same of a model: what Redis must hold. */
export function expectedOf(model: GateModel, skus: readonly string[]): StoredGate {
  const own = Object.fromEntries([...model.own].map(([name, id]) => [name, id.slice(-ownerBytes)]));
  const bits = Object.fromEntries(skus.map((sku) => [sku, unitsIn(model.own.keys(), sku)]));
  const customers = new Set([...model.entries.values()].map((entry) => entry.customerId));
  customers.delete('');
  return {
    meta: {
      ...(model.state === 'none'
        ? {}
        : { st: model.state, token: model.token, chunks: `${model.chunks}`, lanes: '1', version: `${model.gateVersion}` }),
      ...Object.fromEntries([...model.capacity].map(([sku, capacity]) => [`cap:${sku}`, `${capacity}`])),
      ...Object.fromEntries(skus.map((sku) => [`set:${sku}`, `${bits[sku]?.length ?? 0}`])),
    },
    ent: Object.fromEntries(
      [...model.entries].map(([id, { version, live, fingerprint, retakenAtMs, customerId, counts, units }]) => [
        id,
        [`${version}`, live ? '1' : '0', fingerprint, `${retakenAtMs ?? ''}`, customerId, `${counts}`, textOf(units), '', ''],
      ]),
    ),
    pend: Object.fromEntries(model.pend),
    due: Object.fromEntries(model.due),
    cust: Object.fromEntries([...customers].map((id) => [id, `${model.customerUnits(id)}`] as const).filter(([, units]) => units !== '0')),
    lock: model.lock ?? null,
    own,
    bits,
  };
}

/** A count that was never set is 0, and so is one that came back to it. */
export function withCounts(stored: StoredGate, skus: readonly string[]): StoredGate {
  const counts = Object.fromEntries(skus.map((sku) => [`set:${sku}`, stored.meta[`set:${sku}`] ?? '0']));
  return { ...stored, meta: { ...stored.meta, ...counts } };
}

function setBits(bitmap: Buffer): number[] {
  const set: number[] = [];
  for (let unit = 0; unit < bitmap.length * 8; unit += 1) {
    if (((bitmap[unit >> 3] ?? 0) >> (7 - (unit & 7))) & 1) set.push(unit);
  }
  return set;
}

function unitsIn(names: Iterable<string>, sku: string): number[] {
  const units = [...names].filter((name) => name.startsWith(`${sku}:`)).map((name) => Number(name.slice(sku.length + 1)));
  return units.toSorted((x, y) => x - y);
}

function scores(list: readonly string[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (let at = 0; at < list.length; at += 2) found[list[at] ?? ''] = Number(list[at + 1]);
  return found;
}
