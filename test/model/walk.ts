/** What can happen next in a world, a walk through it by chance, a fair end of it, and the shortest form of a walk that broke a rule. */
import { unitsOfCustomer } from './gate-scripts.ts';
import { checkAlways, checkQuiet } from './invariants.ts';
import { POST } from './post.ts';
import type { Rules } from './rules.ts';
import { clone, emptyLane, isReady, nextOf, violate, worldOf } from './state.ts';
import type { Configuration, Lane, Process, World } from './state.ts';
import type { Steps } from './steps.ts';
import { ADD, mustWait, REBUILD, SWEEP } from './sweep.ts';
import { CANCEL, CONFIRM, EXPIRE, WORK } from './work.ts';

const STEPS: Readonly<Record<Process['kind'], readonly [string, Steps]>> = {
  post: ['reserve', POST],
  work: ['commit', WORK],
  expire: ['read', EXPIRE],
  cancel: ['read', CANCEL],
  confirm: ['read', CONFIRM],
  add: ['ledger', ADD],
  sweep: ['begin', SWEEP],
  rebuild: ['lock', REBUILD],
};

const spawn = (world: World, kind: Process['kind'], given: Partial<Process>): void => {
  world.processes.push({
    kind,
    id: `${kind}${nextOf(world, kind)}`,
    born: world.step,
    at: STEPS[kind][0],
    order: '',
    body: '',
    lane: 0,
    lanes: [],
    attempt: 0,
    again: 0,
    message: null,
    got: [],
    keep: [],
    busy: false,
    from: null,
    sends: false,
    back: [],
    next: '',
    image: null,
    imageOf: '',
    todo: [],
    after: '',
    wasBody: null,
    collisions: [],
    units: null,
    comparedIn: null,
    scanned: 0,
    reason: '',
    unit: '',
    seen: null,
    part: null,
    claim: null,
    seenOrder: null,
    queue: [],
    desks: [],
    version: 0,
    token: 0,
    rows: [],
    capacity: 0,
    ...given,
  });
};

const ofClients = (world: World): string[] =>
  Object.entries(world.config.orders).flatMap(([order, spec]) => [
    ...((world.serial[`post ${order}`] ?? 0) < world.config.posts ? spec.bodies.map((body) => `post:${order}:${body}`) : []),
    ...((world.serial[`cancel ${order}`] ?? 0) < (spec.cancels ?? 0) ? [`cancel:${order}`] : []),
    ...((world.serial[`confirm ${order}`] ?? 0) < (spec.confirms ?? 0) ? [`confirm:${order}`] : []),
  ]);

const ofSystem = (world: World): string[] => [
  ...world.queue
    .filter((each) => each.deliveries < world.config.deliveries && world.processes.filter((one) => one.message?.id === each.id).length < 2)
    .map((each) => `deliver:${each.id}`),
  ...world.processes.flatMap((each) => [
    `step:${each.id}`,
    `step:${each.id}`,
    ...(each.at === 'send' && world.budget.unsure > 0 ? [`step:${each.id}:unsure`, `step:${each.id}:failed`] : []),
  ]),
  ...(!isReady(world) && world.processes.filter((each) => each.kind === 'rebuild').length < 2 ? ['rebuild'] : []),
];

const ofFaults = (world: World): string[] => {
  const { budget } = world;
  return [
    ...(budget.crash > 0 ? world.processes.map((each) => `crash:${each.id}`) : []),
    ...world.lanes.flatMap((_lane, k) => [
      ...(budget.wipe > 0 ? [`wipe:${k}`] : []),
      ...(budget.failover > 0 ? [1, 2, 3].filter((n) => n <= (world.log[k]?.length ?? 0)).map((n) => `failover:${k}:${n}`) : []),
    ]),
    ...(budget.tick > 0 ? ['tick'] : []),
    ...(budget.sweep > 0 ? ['sweep'] : []),
    ...(budget.add > 0 ? ['add'] : []),
  ];
};

/** Everything that can happen next. */
export const enabledIn = (world: World): string[] => [...ofClients(world), ...ofSystem(world), ...ofFaults(world)];

const ACTS: Readonly<Record<string, (world: World, x: string, y: string | undefined) => void>> = {
  post: (world, order, body) => {
    nextOf(world, `post ${order}`);
    spawn(world, 'post', { order, body: body ?? '' });
  },
  cancel: (world, order) => {
    nextOf(world, `cancel ${order}`);
    spawn(world, 'cancel', { order });
  },
  confirm: (world, order) => {
    nextOf(world, `confirm ${order}`);
    spawn(world, 'confirm', { order });
  },
  deliver: (world, id) => {
    const message = world.queue.find((each) => each.id === id);
    if (message === undefined) return;
    message.deliveries += 1;
    spawn(world, message.kind === 'commit' ? 'work' : 'expire', { order: message.order, body: message.body, message: clone(message) });
  },
  step: (world, id, fault) => {
    const self = world.processes.find((each) => each.id === id);
    if (self === undefined) return;
    if (fault !== undefined) world.budget.unsure -= 1;
    const step = STEPS[self.kind][1][self.at];
    if (step === undefined) throw new Error(`${self.kind} has no step ${self.at}`);
    if (step(world, self, fault) === false) world.processes = world.processes.filter((each) => each !== self);
  },
  rebuild: (world) => spawn(world, 'rebuild', {}),
  crash: (world, id) => {
    world.budget.crash -= 1;
    world.processes = world.processes.filter((each) => each.id !== id);
  },
  wipe: (world, k) => {
    world.budget.wipe -= 1;
    world.lanes[Number(k)] = emptyLane(world, 'none');
    world.log[Number(k)] = [];
  },
  failover: (world, k, n) => {
    world.budget.failover -= 1;
    world.failovers += 1;
    const log = world.log[Number(k)] ?? [];
    const [kept] = log.splice(log.length - Number(n));
    if (kept !== undefined) world.lanes[Number(k)] = JSON.parse(kept) as Lane;
  },
  tick: (world) => {
    world.budget.tick -= 1;
    world.time += 1;
  },
  sweep: (world) => {
    world.budget.sweep -= 1;
    spawn(world, 'sweep', {});
  },
  add: (world) => {
    world.budget.add -= 1;
    spawn(world, 'add', {});
  },
};

/** Lets one thing happen, and looks at what must hold at every instant. */
export const act = (world: World, action: string): void => {
  world.step += 1;
  const [name = '', x = '', y] = action.split(':');
  ACTS[name]?.(world, x, y);
  checkAlways(world);
};

const isWaiting = (world: World, each: Process): boolean => each.kind === 'rebuild' && each.at === 'wait' && mustWait(world);

const nextFair = (world: World): string | null => {
  const runs = world.processes.find((each) => !isWaiting(world, each));
  if (runs !== undefined) return `step:${runs.id}`;
  const ready = isReady(world);
  if (!ready && !world.processes.some((each) => each.kind === 'rebuild')) return 'rebuild';
  for (const each of ready ? world.queue.filter((one) => one.parked) : []) Object.assign(each, { parked: false, tried: false });
  const message = world.queue.find((each) => !each.tried && each.kind === 'commit') ?? world.queue.find((each) => !each.tried);
  if (message === undefined) return null;
  message.tried = true;
  return `deliver:${message.id}`;
};

const FAIR_STEPS = 4_000;

/** No more faults: everybody ends, three sweeps run, and the books must agree. */
export const comeToRest = (world: World): void => {
  const settle = (): void => {
    let n = 0;
    for (let next = nextFair(world); next !== null && world.violation === null; next = nextFair(world)) {
      act(world, next);
      n += 1;
      if (n > FAIR_STEPS) violate(world, 'never comes to rest');
    }
    for (const message of world.queue) message.tried = false;
  };
  settle();
  for (let sweep = 0; sweep < 3 && world.violation === null; sweep += 1) {
    world.budget.sweep += 1;
    act(world, 'sweep');
    settle();
  }
  if (world.violation === null) checkQuiet(world, unitsOfCustomer);
};

/** Xorshift, 32 bits: the same walk for the same seed on every machine. */
const chanceOf = (seed: number): (() => number) => {
  let s = (seed * 2_654_435_761 + 12_345) >>> 0 || 1;
  return () => {
    s ^= s << 13;
    s >>>= 0;
    s ^= s >>> 17;
    s ^= s << 5;
    s >>>= 0;
    return s / 4_294_967_296;
  };
};

export interface Walk {
  readonly world: World;
  readonly actions: readonly string[];
}

/** One walk: `length` actions by chance, one in eight of them a fault, then a fair end. */
export const walk = (config: Configuration, rules: Rules, seed: number, length: number): Walk => {
  const world = worldOf(config, rules);
  const chance = chanceOf(seed);
  const actions: string[] = [];
  while (actions.length < length && world.violation === null) {
    const faults = ofFaults(world);
    const others = [...ofClients(world), ...ofSystem(world)];
    const from = faults.length > 0 && (others.length === 0 || chance() < 0.12) ? faults : others;
    const action = from[Math.floor(chance() * from.length)];
    if (action === undefined) break;
    actions.push(action);
    act(world, action);
  }
  if (world.violation === null) comeToRest(world);
  return { world, actions };
};

/** The same actions again, as far as they can happen. */
export const replay = (config: Configuration, rules: Rules, actions: readonly string[]): Walk => {
  const world = worldOf(config, rules);
  const done: string[] = [];
  for (const action of actions) {
    if (world.violation !== null) break;
    if (!enabledIn(world).includes(action)) continue;
    act(world, action);
    done.push(action);
  }
  if (world.violation === null) comeToRest(world);
  return { world, actions: done };
};

/** What kind of violation it is: without the names in it. */
export const kindOf = (violation: string): string => violation.replace(/\b[A-Z]\b|\b[ab]\d\b|\bc\d\b|\d+|undefined/g, '_');

/** Leaves out actions as long as the same kind of violation shows. */
export const shrink = (config: Configuration, rules: Rules, found: Walk): Walk => {
  let best = found;
  const kind = kindOf(found.world.violation ?? '');
  for (let chunk = Math.max(1, best.actions.length >> 1); chunk >= 1; chunk >>= 1) {
    for (let at = 0; at < best.actions.length;) {
      const tried = replay(config, rules, [...best.actions.slice(0, at), ...best.actions.slice(at + chunk)]);
      if (tried.world.violation !== null && kindOf(tried.world.violation) === kind && tried.actions.length < best.actions.length)
        best = tried;
      else at += chunk;
    }
  }
  return best;
};
