import { createHash } from 'node:crypto';
import { assert } from '../../domain/kernel/assert.ts';
import type { CommitRequest } from '../../domain/orders/order.ts';
import type { DrawOutcome, PeekOutcome, ResendOutcome, ReserveOutcome } from '../../domain/stock/ports.ts';
import { readOrder, readRequest, withLines } from './gate-entry.ts';
import apply from './lua/apply.lua';
import beginRebuild from './lua/begin-rebuild.lua';
import draw from './lua/draw.lua';
import drop from './lua/drop.lua';
import endRetake from './lua/end-retake.lua';
import enterWait from './lua/enter-wait.lua';
import free from './lua/free.lua';
import load from './lua/load.lua';
import mark from './lua/mark.lua';
import peek from './lua/peek.lua';
import publish from './lua/publish.lua';
import renew from './lua/renew.lua';
import resend from './lua/resend.lua';
import reserve from './lua/reserve.lua';
import retake from './lua/retake.lua';
import setCapacity from './lua/set-capacity.lua';
import applyImage from './lua/shared/apply-image.lua';
import entry from './lua/shared/entry.lua';
import markUnit from './lua/shared/mark-unit.lua';
import search from './lua/shared/search.lua';
import stock from './lua/shared/stock.lua';
import takeRate from './lua/take-rate.lua';
import { parseUnits } from './order-units.ts';
import type { Reply } from './run-script.ts';

/** A script as it is sent: the shared parts it uses in front of its own text. */
export interface Script {
  readonly name: string;
  readonly source: string;
  /** Hex SHA-1 of the source, by which the server knows it. */
  readonly sha1: string;
}

function script(name: string, ...parts: readonly string[]): Script {
  const source = parts.join('\n');
  return { name, source, sha1: createHash('sha1').update(source).digest('hex') };
}

/** Every script of the stores. Each is one atomic decision; KEYS, ARGV and the codes it returns are in its header. */
export const scripts = {
  reserve: script('reserve', entry, stock, search, reserve),
  peek: script('peek', peek),
  apply: script('apply', entry, stock, applyImage, apply),
  mark: script('mark', entry, stock, markUnit, mark),
  draw: script('draw', entry, stock, search, markUnit, draw),
  retake: script('retake', entry, stock, applyImage, retake),
  endRetake: script('end-retake', entry, stock, endRetake),
  free: script('free', entry, stock, free),
  setCapacity: script('set-capacity', setCapacity),
  beginRebuild: script('begin-rebuild', beginRebuild),
  renew: script('renew', renew),
  load: script('load', entry, stock, markUnit, load),
  publish: script('publish', publish),
  resend: script('resend', entry, resend),
  drop: script('drop', drop),
  enterWait: script('enter-wait', enterWait),
  takeRate: script('take-rate', takeRate),
} as const satisfies Record<string, Script>;

/** Codes → outcomes of reserve.lua. */
export function reserveOutcome(reply: Reply, request: CommitRequest, skus: readonly string[]): ReserveOutcome {
  const [code, first, second] = reply;
  switch (code) {
    case 'reserved':
      return { kind: 'reserved', request: withLines(request, String(first)) };
    case 'pending':
      return { kind: 'pending', request: readRequest(String(first), String(second)) };
    case 'replayed':
      return { kind: 'replayed', order: readOrder(String(first)) };
    case 'customer-limit':
      return { kind: 'customer-limit', remaining: Number(first) };
    case 'seat-taken':
      return { kind: 'seat-taken', units: parseUnits(String(first)) };
    case 'sold-out':
      return { kind: 'sold-out', available: Object.fromEntries(skus.map((sku, index) => [sku, Number(reply[1 + index])])) };
    case 'busy':
    case 'ask-ledger':
    case 'fingerprint-differs':
    case 'unknown':
      return { kind: code };
    default:
      return unexpected(reply, 'reserve');
  }
}

/** Codes → outcomes of peek.lua. */
export function peekOutcome(reply: Reply): PeekOutcome {
  const [code, units] = reply;
  switch (code) {
    case 'unknown':
      return { kind: 'unknown', customerUnits: Number(units) };
    case 'busy':
    case 'known':
      return { kind: code };
    default:
      return unexpected(reply, 'peek');
  }
}

/** Codes → outcomes of draw.lua. */
export function drawOutcome(reply: Reply, request: CommitRequest): DrawOutcome {
  const [code, units] = reply;
  switch (code) {
    case 'drawn':
      return { kind: 'drawn', request: withLines(request, String(units)) };
    case 'park':
    case 'done':
    case 'none':
    case 'seat-taken':
      return { kind: code };
    default:
      return unexpected(reply, 'draw');
  }
}

/** Codes → outcomes of retake.lua. */
export function retakeOutcome(reply: Reply): 'taken' | 'refused' | 'busy' {
  return oneOf(reply, 'retake', ['taken', 'refused', 'busy'] as const);
}

/** Codes → outcomes of resend.lua. */
export function resendOutcome(reply: Reply): ResendOutcome {
  const [code, document, units] = reply;
  switch (code) {
    case 'again':
      return { kind: 'again', request: readRequest(String(document), String(units)) };
    case 'settled':
    case 'waiting':
    case 'stuck':
      return { kind: code };
    default:
      return unexpected(reply, 'resend');
  }
}

/** Codes → outcomes of begin-rebuild.lua. */
export function beginRebuildOutcome(reply: Reply): 'started' | 'ready' | 'locked' {
  return oneOf(reply, 'begin-rebuild', ['started', 'ready', 'locked'] as const);
}

/** Of a script that did something or had a reason not to: did it? */
export function took(reply: Reply, name: keyof typeof effects): boolean {
  const { done, not } = effects[name];
  return oneOf(reply, name, [done, ...not]) === done;
}

const effects = {
  apply: { done: 'applied', not: ['none', 'stale'] },
  mark: { done: 'marked', not: ['none'] },
  endRetake: { done: 'ended', not: ['kept'] },
  free: { done: 'freed', not: ['kept'] },
  setCapacity: { done: 'set', not: ['none'] },
  renew: { done: 'renewed', not: ['lost'] },
  load: { done: 'loaded', not: ['lost'] },
  publish: { done: 'published', not: ['lost', 'incomplete'] },
  drop: { done: 'dropped', not: ['none', 'busy'] },
  enterWait: { done: 'entered', not: ['full'] },
  takeRate: { done: 'allowed', not: ['refused'] },
} as const satisfies Partial<Record<keyof typeof scripts, { done: string; not: readonly string[] }>>;

/** Nothing was done: the keys of these skus are needed as well. Undefined for every other answer. */
export function moreSkus([code, ...skus]: Reply): string[] | undefined {
  return code === 'more-skus' ? skus.map(String) : undefined;
}

function oneOf<C extends string>(reply: Reply, name: string, codes: readonly C[]): C {
  return codes.find((code) => code === reply[0]) ?? unexpected(reply, name);
}

function unexpected(reply: Reply, name: string): never {
  assert(false, `${name} returns a code of its header, got ${reply[0]}`);
}
