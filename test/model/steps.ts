import { applyDesk, applyPart } from './gate-scripts.ts';
import { clone, laneOf, nextOf, specOf } from './state.ts';
import type { Image, Message, Process, World } from './state.ts';

/** One step of a process: one effect. False ends the process. `fault` says how a send goes wrong. */
export type Step = (world: World, self: Process, fault: string | undefined) => false | void;
export type Steps = Readonly<Record<string, Step>>;

export const send = (world: World, kind: Message['kind'], order: string, body: string, units: readonly string[]): void => {
  world.queue.push({
    kind,
    id: `${kind}${nextOf(world, kind)}`,
    order,
    body,
    units: [...units],
    deliveries: 0,
    parked: false,
    tried: false,
  });
};

export const remember = (image: Image | null | undefined): Image | null => (image === undefined || image === null ? null : clone(image));

/** Goes on to apply an image to its desk and then to each lane of its units; then to the step `after`. */
export const thenApply = (self: Process, order: string, image: Image | null, after: string): void => {
  self.imageOf = order;
  self.image = image;
  self.after = after;
  self.at = image === null ? after : 'apply';
};

/** L6: the steps every process shares that tells the gate of an image. */
export const APPLY: Steps = {
  apply: (world, self) => {
    if (self.image === null) return false;
    const before = applyDesk(world, self.imageOf, self.image);
    const units = [...before, ...self.image.units, ...self.got, ...(self.units ?? [])];
    const { home } = specOf(world, self.imageOf);
    self.todo = world.rules.applyLanes ? [...new Set(units.map((unit) => laneOf(world, unit)))].filter((k) => k !== home) : [];
    self.at = self.todo.length > 0 ? 'applyLane' : self.after;
  },
  applyLane: (world, self) => {
    const k = self.todo.shift();
    if (k !== undefined && self.image !== null) applyPart(world, k, self.imageOf, self.image);
    if (self.todo.length === 0) self.at = self.after;
  },
  end: () => false,
};
