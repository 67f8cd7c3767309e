import { createHash } from 'node:crypto';
import { assert } from '../../domain/kernel/assert.ts';
import type { PeekOutcome } from '../../domain/stock/ports.ts';
import apply from './lua/apply.lua';
import beginRebuild from './lua/begin-rebuild.lua';
import drawPart from './lua/draw-part.lua';
import doubtful from './lua/doubtful.lua';
import draw from './lua/draw.lua';
import drop from './lua/drop.lua';
import endRetake from './lua/end-retake.lua';
import enterWait from './lua/enter-wait.lua';
import free from './lua/free.lua';
import giveBack from './lua/give-back.lua';
import incarnation from './lua/incarnation.lua';
import load from './lua/load.lua';
import mark from './lua/mark.lua';
import peek from './lua/peek.lua';
import publish from './lua/publish.lua';
import remove from './lua/remove.lua';
import renew from './lua/renew.lua';
import resend from './lua/resend.lua';
import reserve from './lua/reserve.lua';
import retake from './lua/retake.lua';
import setCapacity from './lua/set-capacity.lua';
import applyImage from './lua/shared/apply-image.lua';
import entry from './lua/shared/entry.lua';
import markUnit from './lua/shared/mark-unit.lua';
import search from './lua/shared/search.lua';
import serverId from './lua/shared/server-id.lua';
import stock from './lua/shared/stock.lua';
import store from './lua/store.lua';
import takeRate from './lua/take-rate.lua';
import take from './lua/take.lua';
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
  take: script('take', entry, stock, search, take),
  store: script('store', entry, store),
  remove: script('remove', entry, stock, remove),
  giveBack: script('give-back', entry, stock, giveBack),
  drawPart: script('draw-part', entry, stock, search, drawPart),
  retake: script('retake', entry, stock, applyImage, retake),
  endRetake: script('end-retake', entry, stock, endRetake),
  free: script('free', entry, stock, free),
  setCapacity: script('set-capacity', setCapacity),
  beginRebuild: script('begin-rebuild', beginRebuild),
  renew: script('renew', renew),
  load: script('load', entry, stock, markUnit, load),
  publish: script('publish', serverId, publish),
  resend: script('resend', entry, resend),
  drop: script('drop', drop),
  incarnation: script('incarnation', serverId, incarnation),
  doubtful: script('doubtful', serverId, doubtful),
  enterWait: script('enter-wait', enterWait),
  takeRate: script('take-rate', takeRate),
} as const satisfies Record<string, Script>;

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

/** Codes → outcomes of retake.lua. */
export function retakeOutcome(reply: Reply): 'taken' | 'refused' | 'busy' {
  return oneOf(reply, 'retake', ['taken', 'refused', 'busy'] as const);
}

/** The id in the reply of incarnation.lua. */
export function incarnationOf([code, id]: Reply): string {
  return code === 'incarnation' && typeof id === 'string' ? id : unexpected([code, id], 'incarnation');
}

/** Orders that may be known wrongly, and what is said of them once they are compared. */
export interface DoubtfulOrders {
  readonly orderIds: readonly string[];
  readonly place: string;
}

/** Codes → outcomes of doubtful.lua. Undefined: none is. */
export function doubtfulOutcome(reply: Reply): DoubtfulOrders | undefined {
  const [code, place, ...orderIds] = reply;
  if (code === 'none') return undefined;
  return code === 'orders' ? { orderIds: orderIds.map(String), place: String(place) } : unexpected(reply, 'doubtful');
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
  remove: { done: 'removed', not: ['kept'] },
  giveBack: { done: 'given-back', not: ['kept'] },
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

/** For a code that is in no header. */
export function unexpected(reply: Reply, name: string): never {
  assert(false, `${name} returns a code of its header, got ${reply[0]}`);
}
