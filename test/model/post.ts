/** POST order: reserve at home, or gather over the lanes (L1 to L5), then send, then answer 202. */
import { giveBack, isWhole, missingOf, removeEntry, reserve, store, take } from './gate-scripts.ts';
import { clone, deskOf, laneOf, nextOf, specOf, violate } from './state.ts';
import type { Process, World } from './state.ts';
import { APPLY, send, thenApply } from './steps.ts';
import type { Steps } from './steps.ts';

const REPEATS = 3;
const laneOfTurn = (world: World, self: Process): number => (specOf(world, self.order).home + self.lane) % world.config.lanes;

/** The lanes that lent these units: what home gave is the entry's own. */
const awayFromHome = (world: World, self: Process, units: readonly string[]): number[] => {
  const { home } = specOf(world, self.order);
  return [...new Set(units.map((unit) => laneOf(world, unit)))].filter((k) => k !== home);
};

/** What was gathered and is not kept goes back, lane by lane; then the message goes out, if there is one. */
const goBack = (world: World, self: Process, sends: boolean): void => {
  self.sends = sends;
  self.back = awayFromHome(
    world,
    self,
    self.got.filter((unit) => !self.keep.includes(unit)),
  );
  self.at = self.back.length > 0 ? 'back' : sends ? 'send' : 'end';
};

/** Nothing is to be had: the entry goes, then the units (L3); the other way round with the rule off. */
const giveUp = (world: World, self: Process): void => {
  if (world.rules.removeFirst) self.at = 'remove';
  else {
    self.next = 'remove';
    self.back = awayFromHome(world, self, self.got);
    self.at = self.back.length > 0 ? 'back' : 'remove';
  }
};

export const POST: Steps = {
  ...APPLY,
  reserve: (world, self) => {
    self.wasBody = world.orders[self.order]?.body ?? null;
    const found = reserve(world, self.order, self.body, nextOf(world, 'attempt'));
    if (found.kind === 'ask-ledger') self.at = 'ask';
    else if (found.kind === 'gather')
      Object.assign(self, { attempt: found.attempt, lane: 1, got: found.units, keep: [], busy: false, from: null, at: 'take', next: '' });
    else if (found.kind === 'new' || found.kind === 'pending') {
      self.units = found.units;
      self.at = found.kind === 'new' && world.rules.askLedger ? 'ask' : 'send';
    } else return false;
  },
  ask: (world, self) => {
    const known = world.orders[self.order];
    if (known !== undefined) thenApply(self, self.order, clone(known), 'end');
    else if (self.units === null) return false;
    else self.at = 'send';
  },
  take: (world, self) => {
    const { lines } = specOf(world, self.order);
    const taken = take(world, laneOfTurn(world, self), self.order, self.attempt, missingOf(lines, self.got), self.from);
    if (taken.kind === 'ended') return false;
    if (taken.kind === 'other') {
      self.from = taken.attempt;
      self.at = 'still';
      return;
    }
    self.from = null;
    if (taken.kind === 'taken') self.got.push(...taken.units);
    else self.busy = true;
    self.lane += 1;
    if (isWhole(missingOf(lines, self.got))) self.at = 'store';
    else if (self.lane >= world.config.lanes) giveUp(world, self);
  },
  still: (world, self) => {
    const entry = deskOf(world, self.order).desk[self.order];
    if (entry !== undefined && entry.gathers && entry.attempt === self.attempt) self.at = 'take';
    else return false;
  },
  store: (world, self) => {
    const stored = store(world, self.order, self.attempt, self.got);
    if (stored.kind === 'ok') {
      self.units = clone(self.got);
      self.at = world.rules.askLedger ? 'ask' : 'send';
    } else if (stored.kind === 'stored') {
      self.units = stored.units;
      self.keep = world.rules.keepStored ? stored.units : [];
      goBack(world, self, true);
    } else if (stored.kind === 'gone' || !world.rules.backUnsent) goBack(world, self, false);
    else return false;
  },
  remove: (world, self) => {
    if (removeEntry(world, self.order, self.attempt)) {
      if (!world.rules.removeFirst) return false;
      goBack(world, self, false);
    } else {
      self.again += 1;
      if (self.again >= REPEATS) return false;
      self.at = 'reserve';
    }
  },
  back: (world, self) => {
    const k = self.back.shift();
    if (k !== undefined) giveBack(world, k, self.order, self.attempt, self.keep);
    if (self.back.length === 0) self.at = self.next === 'remove' ? 'remove' : self.sends ? 'send' : 'end';
  },
  send: (world, self, fault) => {
    if (fault !== 'failed') send(world, 'commit', self.order, self.body, self.units ?? []);
    if (fault === undefined) self.at = 'answer';
    else if (world.rules.noGiveBack) return false;
    else self.at = 'wrongly-back';
  },
  'wrongly-back': (world, self) => {
    const lane = deskOf(world, self.order);
    for (const unit of lane.desk[self.order]?.v === 0 ? (self.units ?? []) : [])
      if (lane.owner[unit] === self.order) delete lane.owner[unit];
    delete lane.desk[self.order];
    delete lane.parts[self.order];
    return false;
  },
  answer: (world, self) => {
    if (self.wasBody !== null && self.wasBody !== self.body) violate(world, `202 for a key used before with another body ${self.order}`);
    world.accepted[self.order] = true;
    return false;
  },
};
