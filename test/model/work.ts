/** The worker of orders: commit, or draw other units over the lanes, or reject. And the ends of a hold. */
import { draw, drawAtHome, markDesk, markUnit, missingOf, retake, retakeDesk } from './gate-scripts.ts';
import { commit, confirm, putEnded, release, retakeClaims } from './ledger.ts';
import { clone, deskOf, laneOf, skuOf, specOf, unitsOf, violate } from './state.ts';
import type { Process, World } from './state.ts';
import { APPLY, remember, send, thenApply } from './steps.ts';
import type { Steps } from './steps.ts';
import { RECONCILE } from './sweep.ts';

const isOverdue = (world: World, order: string): boolean => {
  const known = world.orders[order];
  return known !== undefined && known.state === 'held' && known.due < world.time;
};

const park = (world: World, self: Process): false => {
  const message = world.queue.find((each) => each.id === self.message?.id);
  if (message !== undefined) message.parked = true;
  return false;
};

const ackStep: Steps = {
  ack: (world, self) => {
    world.queue = world.queue.filter((message) => message.id !== self.message?.id);
    return false;
  },
};

/** What the order had in its home lane, as far as its worker knows. */
const hadAtHome = (world: World, self: Process): string[] => {
  const { home } = specOf(world, self.order);
  return self.keep.filter((unit) => laneOf(world, unit) === home);
};

const DRAW: Steps = {
  draw: (_world, self) => {
    self.got = [];
    self.queue = self.collisions.map(({ unit }) => unit);
    self.at = self.collisions.length > 0 ? 'markUnit' : 'desk';
  },
  markUnit: (world, self) => {
    const first = self.collisions[0];
    if (first !== undefined) markUnit(world, first.unit, first.claim);
    self.at = 'markDesk';
  },
  markDesk: (world, self) => {
    const first = self.collisions.shift();
    if (first !== undefined) markDesk(world, first.unit, first.claim);
    self.at = self.collisions.length > 0 ? 'markUnit' : 'desk';
  },
  desk: (world, self) => {
    const { home } = specOf(world, self.order);
    const desk = deskOf(world, self.order);
    if (desk.state !== 'ready') return park(world, self);
    const entry = desk.desk[self.order];
    if (entry !== undefined && entry.v > 0) {
      Object.assign(self, { units: null, at: 'commit' });
      return;
    }
    const mine = entry !== undefined && entry.units.length > 0 ? entry.units : (self.units ?? self.message?.units ?? []);
    self.keep = mine.filter((unit) => !self.queue.includes(unit));
    self.queue = self.keep.filter((unit) => laneOf(world, unit) !== home);
    Object.assign(self, { lane: 0, busy: false, at: self.queue.length > 0 ? 'keep' : 'home' });
  },
  keep: (world, self) => {
    const unit = self.queue.shift();
    if (unit !== undefined) {
      const { lines } = specOf(world, self.order);
      const missing = missingOf(lines, self.got);
      const kept = draw(world, laneOf(world, unit), self.order, [unit], self.got, {});
      if (kept === 'busy') return park(world, self);
      self.got.push(...kept.filter((each) => !self.got.includes(each) && (missing[skuOf(each)] ?? 0) > 0));
    }
    if (self.queue.length === 0) self.at = 'home';
  },
  home: (world, self) => {
    const drawn = drawAtHome(world, self.order, self.body, hadAtHome(world, self), self.got);
    if (drawn.kind === 'park') return park(world, self);
    if (drawn.kind === 'done' || drawn.kind === 'drawn') {
      Object.assign(self, { units: drawn.kind === 'drawn' ? drawn.units : null, at: 'commit' });
      return;
    }
    self.lane += 1;
    if (self.lane < world.config.lanes) self.at = 'fill';
    else if (self.busy) return park(world, self);
    else if (world.rules.reconcile && self.comparedIn === null)
      Object.assign(self, {
        comparedIn: world.failovers,
        scanned: world.step,
        queue: unitsOf(world.capacity),
        at: 'look',
        next: 'draw',
        collisions: [],
      });
    else if (world.rules.sameGate && self.comparedIn !== null && world.failovers !== self.comparedIn) return false;
    else Object.assign(self, { reason: 'sold-out', at: 'reject' });
  },
  fill: (world, self) => {
    const { home, lines } = specOf(world, self.order);
    const found = draw(world, (home + self.lane) % world.config.lanes, self.order, [], self.got, missingOf(lines, self.got));
    if (found === 'busy') self.busy = true;
    else self.got.push(...found.filter((unit) => !self.got.includes(unit)));
    self.at = 'home';
  },
};

export const WORK: Steps = {
  ...APPLY,
  ...ackStep,
  ...RECONCILE,
  ...DRAW,
  commit: (world, self) => {
    const done = commit(world, self.order, self.body, self.units ?? self.message?.units ?? []);
    if (done.kind === 'limit') Object.assign(self, { reason: 'limit', at: 'reject' });
    else if (done.kind === 'collided') Object.assign(self, { collisions: done.collisions, lane: 0, at: 'overdue' });
    else {
      self.image = done.image;
      self.at = done.image.state === 'held' ? 'expiry' : 'tell';
    }
  },
  expiry: (world, self) => {
    send(world, 'expire', self.order, self.body, []);
    self.at = 'tell';
  },
  tell: (_world, self) => thenApply(self, self.order, self.image, 'ack'),
  overdue: (world, self) => {
    const collision = self.collisions[self.lane];
    const other = collision === undefined ? undefined : collision.claim.order;
    if (other !== undefined && isOverdue(world, other)) {
      self.version = world.orders[other]?.v ?? 0;
      self.at = 'expireOther';
    } else {
      self.lane += 1;
      if (self.lane >= self.collisions.length) self.at = 'draw';
    }
  },
  expireOther: (world, self) => {
    const other = self.collisions[self.lane]?.claim.order ?? '';
    thenApply(self, other, release(world, other, 'expired', self.version), 'commit');
  },
  reject: (world, self) => {
    const image = putEnded(world, self.order, self.body, 'rejected');
    if (image === null) {
      Object.assign(self, { units: null, at: 'commit' });
      return;
    }
    world.rejected[self.order] = { scanned: self.scanned > 0 ? self.scanned : world.step, reason: self.reason };
    if (world.failovers === 0 && world.accepted[self.order] !== undefined)
      violate(world, `accepted order rejected (${self.reason}) though no write was lost ${self.order}`);
    thenApply(self, self.order, image, 'ack');
  },
};

export const EXPIRE: Steps = {
  ...APPLY,
  ...ackStep,
  read: (world, self) => {
    const known = world.orders[self.order];
    if (known === undefined) self.at = 'ack';
    else if (known.state !== 'held') thenApply(self, self.order, clone(known), 'ack');
    else if (!isOverdue(world, self.order)) return false;
    else Object.assign(self, { version: known.v, at: 'release' });
  },
  release: (world, self) => {
    const image = release(world, self.order, 'expired', self.version);
    if (image === null) self.at = 'read';
    else thenApply(self, self.order, image, 'ack');
  },
};

export const CANCEL: Steps = {
  ...APPLY,
  read: (world, self) => {
    const known = world.orders[self.order];
    if (known !== undefined) {
      if (known.state === 'cancelled') thenApply(self, self.order, clone(known), 'answer');
      else if (known.state === 'held') Object.assign(self, { version: known.v, at: 'release' });
      else return false;
      return;
    }
    const entry = deskOf(world, self.order).desk[self.order];
    if (entry === undefined || entry.v !== 0 || entry.gathers) return false;
    self.body = entry.body ?? '';
    self.at = world.rules.tombstoneCancel ? 'tombstone' : 'forget';
  },
  release: (world, self) => {
    const image = release(world, self.order, 'cancelled', self.version);
    if (image === null) self.at = 'read';
    else thenApply(self, self.order, image, 'answer');
  },
  tombstone: (world, self) => {
    const image = putEnded(world, self.order, self.body, 'cancelled');
    if (image === null) self.at = 'read';
    else thenApply(self, self.order, image, 'answer');
  },
  forget: (world, self) => {
    const lane = deskOf(world, self.order);
    for (const unit of lane.desk[self.order]?.units ?? []) if (lane.owner[unit] === self.order) delete lane.owner[unit];
    delete lane.desk[self.order];
    self.at = 'answer';
  },
  answer: (world, self) => {
    world.cancelled[self.order] = true;
    const known = world.orders[self.order];
    if (known !== undefined && known.state !== 'cancelled') violate(world, `cancelled order live ${self.order}`);
    return false;
  },
};

export const CONFIRM: Steps = {
  ...APPLY,
  read: (world, self) => {
    const known = world.orders[self.order];
    if (known?.state === 'held') thenApply(self, self.order, confirm(world, self.order), 'end');
    else if (known?.state === 'expired') {
      const lanes = [...new Set(known.units.map((unit) => laneOf(world, unit)))];
      const { home } = specOf(world, self.order);
      const asked = world.rules.retakeEach ? lanes : lanes.filter((k) => k === home);
      Object.assign(self, {
        image: clone(known),
        queue: asked.map(String),
        at: world.rules.retakeFirst && asked.length > 0 ? 'retakeDesk' : 'claims',
      });
    } else return false;
  },
  retakeDesk: (world, self) => {
    if (self.image === null || !retakeDesk(world, self.order, self.image)) return false;
    self.at = 'retake';
  },
  retake: (world, self) => {
    const k = self.queue.shift();
    if (k === undefined || self.image === null || !retake(world, Number(k), self.order, self.image)) return false;
    if (self.queue.length === 0) self.at = 'claims';
  },
  claims: (world, self) => thenApply(self, self.order, remember(retakeClaims(world, self.order, self.image?.v ?? 0)), 'end'),
};
