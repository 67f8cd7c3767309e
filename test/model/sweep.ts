/** Rule 26 over lanes (L8, L9), the rest of the sweep, the rebuild (L10), and more stock. */
import { endRetake, freeUnit, giveBack, isWhole, markDesk, markUnit, missingOf, removeEntry, setCapacity } from './gate-scripts.ts';
import { beforeWrite, clone, deskOf, emptyLane, isLive, isReady, laneAt, laneOf, nextOf, specOf, unitsOf } from './state.ts';
import type { Process, World } from './state.ts';
import { APPLY, remember, send, thenApply } from './steps.ts';
import type { Steps } from './steps.ts';

/** L8: true where the desk is ready and asks for no such unit in no such attempt. */
const isOrphan = (world: World, self: Process): boolean => {
  const desk = deskOf(world, self.seen ?? '');
  if (!world.rules.orphans || desk.state !== 'ready' || self.part === null || self.part.v > 0) return false;
  const entry = desk.desk[self.seen ?? ''];
  if (entry === undefined) return true;
  if (entry.v > 0) return false;
  return entry.attempt !== self.part.attempt || (!entry.gathers && !entry.units.includes(self.unit));
};

/** Whether a retake of the order is too young to be undone: its function may still write the claims. */
const isRetaking = (world: World, order: string): boolean =>
  world.processes.some((each) => each.kind === 'confirm' && each.order === order);

/** One unit after the other from `queue`; then the step `next`. */
export const RECONCILE: Steps = {
  look: (world, self) => {
    const unit = self.queue.shift();
    if (unit === undefined) {
      Object.assign(self, { capacity: world.capacity['a'] ?? 0, lane: 0, at: 'mendCapacity' });
      return;
    }
    const lane = laneAt(world, laneOf(world, unit));
    self.unit = unit;
    self.seen = lane.owner[unit] ?? null;
    self.part = self.seen === null ? null : clone(lane.parts[self.seen] ?? null);
    self.at = 'lookLedger';
  },
  lookLedger: (world, self) => {
    const claim = world.claims[self.unit];
    self.claim = claim === undefined ? null : clone(claim);
    self.seenOrder = self.seen === null ? null : remember(world.orders[self.seen]);
    self.at = self.claim !== null ? 'mendUnit' : self.seenOrder !== null ? 'mendOrder' : self.seen !== null ? 'lookDesk' : 'look';
  },
  mendCapacity: (world, self) => {
    setCapacity(world, self.lane, 'a', self.capacity);
    self.lane += 1;
    if (self.lane >= world.config.lanes) self.at = self.next;
  },
  mendUnit: (world, self) => {
    if (self.claim !== null && self.claim.order !== self.seen) markUnit(world, self.unit, self.claim);
    self.at = world.rules.sweepDesk || self.claim?.order !== self.seen ? 'mendDesk' : 'look';
  },
  mendDesk: (world, self) => {
    if (self.claim !== null) markDesk(world, self.unit, self.claim);
    self.at = 'look';
  },
  mendOrder: (_world, self) => thenApply(self, self.seen ?? '', self.seenOrder, 'mendFree'),
  mendFree: (world, self) => {
    const order = self.seenOrder;
    if (
      order !== null &&
      self.seen !== null &&
      !isRetaking(world, self.seen) &&
      !(isLive(order.state) && order.units.includes(self.unit))
    ) {
      freeUnit(world, self.unit, self.seen, order.v);
    }
    self.at = 'look';
  },
  lookDesk: (world, self) => {
    self.keep = clone(deskOf(world, self.seen ?? '').desk[self.seen ?? '']?.units ?? []);
    self.at = isOrphan(world, self) ? 'mendOrphan' : 'look';
  },
  mendOrphan: (world, self) => {
    giveBack(world, laneOf(world, self.unit), self.seen ?? '', self.part?.attempt ?? 0, self.keep);
    self.at = 'look';
  },
};

export const SWEEP: Steps = {
  ...APPLY,
  ...RECONCILE,
  begin: (world, self) => {
    self.queue = unitsOf(world.capacity);
    self.desks = world.lanes.flatMap((lane, k) =>
      Object.entries(lane.desk)
        .filter(([, entry]) => entry.v === 0 || entry.retaken || (world.rules.sweepDesk && entry.live))
        .map(([order]): [number, string] => [k, order]),
    );
    Object.assign(self, { at: 'look', next: 'entry' });
  },
  entry: (world, self) => {
    const next = self.desks.shift();
    if (next === undefined) {
      self.queue = Object.keys(world.orders);
      self.at = 'due';
      return;
    }
    self.seen = next[1];
    self.got = [];
    const known = world.orders[next[1]];
    if (known !== undefined && !isRetaking(world, next[1])) endRetake(world, next[1], known);
    thenApply(self, next[1], remember(world.orders[next[1]]), self.image === null ? 'resend' : 'entry');
    self.after = 'entry';
    if (self.image === null) self.at = 'resend';
  },
  resend: (world, self) => {
    const order = self.seen ?? '';
    const entry = deskOf(world, order).desk[order];
    self.at = 'entry';
    if (entry === undefined || entry.v !== 0) return;
    if (entry.gathers) {
      if (world.rules.gathering) removeEntry(world, order, entry.attempt);
    } else if (
      isWhole(missingOf(specOf(world, order).lines, entry.units)) &&
      !world.queue.some((each) => each.order === order && each.kind === 'commit')
    ) {
      send(world, 'commit', order, entry.body ?? '', entry.units);
    }
  },
  due: (world) => {
    for (const [order, image] of Object.entries(world.orders)) {
      const known = world.queue.some((each) => each.order === order && each.kind === 'expire');
      if (image.state === 'held' && image.due < world.time && !known) send(world, 'expire', order, image.body, []);
    }
    return false;
  },
};

export const ADD: Steps = {
  ledger: (world, self) => {
    const n = world.capacity['a'] ?? 0;
    world.capacity['a'] = n + 1;
    world.bornAt[`a${n}`] = world.step;
    Object.assign(self, { lane: 0, at: 'gate' });
  },
  gate: (world, self) => {
    if (self.lane >= world.config.lanes) return false;
    setCapacity(world, self.lane, 'a', world.capacity['a'] ?? 0);
    self.lane += 1;
  },
};

const beganBefore = (world: World): boolean =>
  world.processes.some(
    (each) =>
      each.born < world.emptied &&
      (each.kind === 'sweep' || (each.kind === 'confirm' && each.at === 'claims') || (each.kind === 'post' && each.at !== 'reserve')),
  );

/** Whether a rebuild has to wait: for the messages that were sent, and for the functions that took from the old lanes. */
export const mustWait = (world: World): boolean =>
  (world.rules.drain && world.queue.some((message) => message.kind === 'commit' && !message.parked)) ||
  (world.rules.functionWait && beganBefore(world));

const isMine = (world: World, k: number, self: Process): boolean => {
  const lane = laneAt(world, k);
  return lane.state === 'rebuilding' && lane.token === self.token;
};

/** L10: all lanes are emptied, then it waits, then all are loaded and published, the whole last. */
export const REBUILD: Steps = {
  lock: (world, self) => {
    if (isReady(world)) return false;
    self.token = nextOf(world, 'token');
    world.whole = { state: 'rebuilding', token: self.token };
    const lost = world.lanes.flatMap((lane, k) => (world.rules.rebuildAll || lane.state !== 'ready' ? [k] : []));
    Object.assign(self, { lanes: lost, todo: [...lost], at: lost.length > 0 ? 'empty' : 'wait' });
  },
  empty: (world, self) => {
    const k = self.todo.shift();
    if (k !== undefined) {
      beforeWrite(world, k);
      world.lanes[k] = emptyLane(world, 'rebuilding', self.token);
      world.emptied = world.step;
    }
    if (self.todo.length === 0) self.at = 'wait';
  },
  wait: (world, self) => {
    if (!mustWait(world)) self.at = 'scan';
  },
  scan: (world, self) => {
    self.rows = Object.entries(clone(world.claims));
    self.capacity = world.capacity['a'] ?? 0;
    Object.assign(self, { todo: [...self.lanes], at: 'load' });
  },
  load: (world, self) => {
    const k = self.todo.shift();
    if (k !== undefined) {
      if (!isMine(world, k, self)) return false;
      for (const [unit, claim] of self.rows) {
        if (laneOf(world, unit) === k) markUnit(world, unit, claim);
        if (specOf(world, claim.order).home === k) markDesk(world, unit, claim);
      }
    }
    if (self.todo.length === 0) Object.assign(self, { todo: [...self.lanes], at: 'publish' });
  },
  publish: (world, self) => {
    const k = self.todo.shift();
    if (k !== undefined) {
      if (!isMine(world, k, self)) return false;
      const lane = laneAt(world, k);
      beforeWrite(world, k);
      lane.capacity['a'] = Math.max(lane.capacity['a'] ?? 0, self.capacity);
      lane.state = 'ready';
    }
    if (self.todo.length === 0) self.at = 'publishWhole';
  },
  publishWhole: (world, self) => {
    if (world.whole.token === self.token) world.whole.state = 'ready';
    return false;
  },
};
