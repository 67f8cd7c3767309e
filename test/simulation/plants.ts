import type { Graft } from './load-planted.ts';
import type { Preparation } from './scenario.ts';
import type { Focus } from './simulate.ts';

/** A bug that the code could fall back into: planted into the sources as they are loaded, to show that the simulation finds it. */
export interface Plant {
  /** Where it comes from: a counterexample of the order protocol, or a root cause behind the bugs of other projects. */
  readonly of: string;
  readonly what: string;
  readonly grafts: readonly Graft[];
  /** Faults and workload without which it does no harm. @default left to the seed */
  readonly focus?: Focus;
}

const redis = 'lambdas/stores/redis';
const lua = `${redis}/lua`;
const orders = 'lambdas/domain/orders';
const stock = 'lambdas/domain/stock';
const ledger = 'test/support/fakes-ledger.ts';

/** Faults that stand in one another's way are off, unless a plant needs them. */
const alone = {
  crashBefore: 0,
  crashAfter: 0,
  refused: 0,
  lostAnswer: 0,
  lateEffect: 0,
  wrongDepth: 0,
  outagesPerMinute: 0,
  wipesPerMinute: 0,
  failoversPerMinute: 0,
  sweepCrash: 0,
  stallsPerMinute: 0,
};
/** A sale that has opened before the run, and payments that nobody pays back. */
const openedBefore = { preparation: undefined, paidBack: 0 };
/** Payments that come as holds end, messages that come late and twice, and a gate that loses nothing. */
const latePayments: Focus = {
  scenario: { latePayments: 0.9, busyMs: 80_000 },
  rates: { ...alone, duplicate: 0.4, delayed: 0.2, slow: 0.3 },
};
/** A crowd whose payments come as holds end, and a gate that forgets its last writes between what is read in it and what is written by it. */
const lostLooks: Focus = {
  scenario: { lanes: 1, latePayments: 1, busyMs: 80_000, buyers: 45, customerLimit: 0, operators: 8 },
  rates: { ...alone, slow: 0.7, failoversPerMinute: 30 },
};
/** Late payments whose tellers die or give up. */
const abandonedRetakes: Focus = {
  scenario: { latePayments: 0.9, busyMs: 80_000 },
  rates: { ...alone, crashBefore: 0.05, crashAfter: 0.05 },
};
/** A crowd, a gate that forgets its last writes again and again, and workers that die before they have told it what the ledger decided. */
const lostMarks: Focus = {
  scenario: { ...openedBefore, lanes: 1, busyMs: 80_000, buyers: 45 },
  rates: { ...alone, crashAfter: 0.05, lostAnswer: 0.05, slow: 0.5, failoversPerMinute: 20 },
};
/** Orders that are cancelled once they are sold, slow answers, and a gate that forgets its last writes again and again. */
const lostEnds: Focus = {
  scenario: { lanes: 1, busyMs: 80_000, buyers: 45, operators: 30, latePayments: 0, customerLimit: 0 },
  rates: { ...alone, slow: 0.9, failoversPerMinute: 20 },
};
/** A gate that is lost again and again while messages come late. */
const lostGates: Focus = { rates: { ...alone, wipesPerMinute: 3, delayed: 0.4 } };
/** One sku, few units, a crowd that comes back for them, and payments around the moment at which holds end. */
const paymentsAtTheEnd: Focus = {
  scenario: { latePayments: 1, busyMs: 80_000, buyers: 45, customerLimit: 0 },
  rates: { ...alone, slow: 0.9 },
};
/** A gate that forgets writes, and is lost before the two orders of one unit are committed. */
const lostTwice: Focus = { scenario: { busyMs: 80_000 }, rates: { ...alone, failoversPerMinute: 8, wipesPerMinute: 3, delayed: 0.5 } };
/** A gate that is lost again and again, and made again by functions that die. */
const deadRebuilds: Focus = { rates: { ...alone, wipesPerMinute: 3, crashBefore: 0.03, crashAfter: 0.03 } };
/** A queue that hands out nothing for a minute or two. */
const longQueue: Focus = { scenario: { busyMs: 180_000 }, rates: { ...alone, stallsPerMinute: 1 } };

/** Of three lanes, one and two, and of less and less. */
const manyDrafts: Preparation = {
  opensInMs: 14_000,
  opensEarlyAtMs: undefined,
  drafts: [
    { atMs: 0, lanes: 3, lessUnits: 0 },
    { atMs: 2000, lanes: 1, lessUnits: 1 },
    { atMs: 4000, lanes: 2, lessUnits: 2 },
    { atMs: 6500, lanes: 1, lessUnits: 3 },
  ],
};

/** A sale that is put with less just before it opens, beside sweeps that take long. */
const lastMinute: Focus = {
  scenario: {
    preparation: {
      opensInMs: 40_000,
      opensEarlyAtMs: undefined,
      drafts: [
        { atMs: 0, lanes: 1, lessUnits: 0 },
        { atMs: 28_000, lanes: 1, lessUnits: 3 },
      ],
    },
    busyMs: 20_000,
    customerLimit: 0,
  },
  rates: { ...alone, slow: 0.9 },
};

/** A sale cut in three, of few units and many who want them: nearly every order gathers. */
const manyLanes: Focus = { scenario: { lanes: 3 } };

/** Operators who put the sale until it opens, a gate that forgets its last writes, and sweeps that take long. */
const beforeOpening: Focus = {
  scenario: { preparation: manyDrafts, busyMs: 20_000, buyers: 45, customerLimit: 0 },
  rates: { ...alone, slow: 0.5, failoversPerMinute: 6 },
};

/** One sku of four units in three lanes: nearly every order has units of several. */
const fewUnits = {
  ...openedBefore,
  items: [{ sku: 'shirt', capacity: 4, orderLimit: 3, seats: undefined }],
  lanes: 3,
  customerLimit: 0,
};
/** Three lanes, each of which forgets its last writes again and again, also in the middle of a draw. */
const lostLanes: Focus = {
  scenario: { ...fewUnits, busyMs: 60_000, buyers: 20 },
  rates: { ...alone, slow: 0.7, failoversPerMinute: 45 },
};

const graft = (file: string, find: string, replace: string): Graft => ({ file, find, replace });

/** Who was compared before a refusal is not asked. */
const refusesAnyway = graft(`${orders}/commit-order.ts`, 'if ((await gate.incarnation(saleId)) !== comparedIn)', 'if (false)');

/** By name, as `npm run sim -- --plant NAME` takes it. */
export const plants: Readonly<Record<string, Plant>> = {
  takeover: {
    of: 'CE-1',
    what: 'a claim whose hold is over may be taken over by another order',
    grafts: [
      graft(
        ledger,
        'const claims = this.#claimsMet(committed);',
        'const claims = this.#claimsMet(committed).filter(({ holdExpiresAtMs = Infinity }) => holdExpiresAtMs >= nowMs);',
      ),
    ],
  },
  'cancel-without-tombstone': {
    of: 'CE-2',
    what: 'an order that is cancelled before its commit leaves nothing in the ledger for the commit to meet',
    grafts: [
      graft(
        `${orders}/cancel-order.ts`,
        'const closed = await ledger.close({ ...order,',
        'const closed = await Promise.resolve({ order: { ...order,',
      ),
      graft(
        `${orders}/cancel-order.ts`,
        'closedAtMs, lines: withoutUnits(order.lines) });',
        'closedAtMs, lines: withoutUnits(order.lines) } });',
      ),
    ],
  },
  'release-any-version': {
    of: 'CE-3',
    what: 'a release takes effect whatever became of the order since it was read',
    grafts: [
      graft(
        ledger,
        "const stored = this.#asRead(order);\n      if (!stored || (to === 'expired' && !isOverdue(stored, nowMs))) return",
        'const stored = this.stored.get(order.orderId);\n      if (!stored) return',
      ),
      graft(ledger, 'throw new CorruptionError(`release of ${order.orderId}: not its claim`);', 'continue;'),
    ],
  },
  'add-gate-first': {
    of: 'CE-4',
    what: 'added units are told to the gate before the ledger has them',
    grafts: [
      graft(
        'lambdas/domain/sales/add-units.ts',
        'const outcome = await recordStockOperation(deps.catalog, operation);',
        `const before = (await deps.catalog.read(operation.saleId)).items.find(({ sku }) => sku === operation.sku);
  await deps.gate.setCapacity({ saleId: operation.saleId, gateVersion: 1 }, operation.sku, before.capacity + operation.units);
  const outcome = await recordStockOperation(deps.catalog, operation);`,
      ),
    ],
  },
  'give-back-on-doubt': {
    of: 'CE-5',
    what: 'the units of an order are given back when its send got no answer',
    grafts: [
      graft(
        `${orders}/place-order.ts`,
        'await send(deps, outcome.request, reservedAtMs);',
        `try {
        await send(deps, outcome.request, reservedAtMs);
      } catch (error) {
        const { orderId, saleId, lines } = outcome.request.order;
        for (const { sku, units } of lines) for (const unit of units) await deps.gate.free(saleId, sku, unit, orderId, 0, reservedAtMs);
        throw error;
      }`,
      ),
    ],
  },
  'sweep-frees-pending': {
    of: 'CE-6, CE-7',
    what: 'the sweep frees units of orders that the ledger does not know yet',
    grafts: [
      graft(
        `${stock}/reconcile-sku.ts`,
        'if (await gate.giveBackUnwanted(saleId, sku, unit, orderId)) given += 1;',
        'if (await gate.free(saleId, sku, unit, orderId, 0, Number.MAX_SAFE_INTEGER)) given += 1;',
      ),
    ],
  },
  'parked-every-5-s': {
    of: 'found by the simulation (CE-11)',
    what: 'orders that wait for a rebuild come back so often that its queue is never empty',
    focus: {
      scenario: { ...openedBefore, busyMs: 80_000, buyers: 45 },
      rates: { ...alone, duplicate: 0.4, failoversPerMinute: 20, wipesPerMinute: 3 },
    },
    grafts: [graft(`${orders}/commit-order.ts`, 'Math.max(limits.parkSeconds, Math.ceil(waitedMs / 2000))', 'limits.parkSeconds')],
  },
  'rebuild-without-drain': {
    of: 'CE-10',
    what: 'a gate is made again while orders that it gave units to are still in the queue',
    focus: lostGates,
    grafts: [graft(`${stock}/rebuild-gate.ts`, '  await drain(deps, saleId, token);\n', '')],
  },
  'stub-answers': {
    of: 'CE-12',
    what: 'after a rebuild an order known by its claims only is judged without the ledger',
    grafts: [graft(`${lua}/reserve.lua`, "  if known.fp == '' then return { 'ask-ledger' } end\n", '')],
  },
  'reject-on-the-gates-word': {
    of: 'CE-13',
    what: 'an accepted order is rejected because the gate has no unit for it',
    grafts: [
      graft(`${orders}/commit-order.ts`, "if ((outcome.kind === 'none' ||", "if (false && (outcome.kind === 'none' ||"),
      refusesAnyway,
    ],
  },
  'refused-after-a-failover': {
    of: 'found by the simulation',
    what: 'a gate that has failed over since it was compared refuses an accepted order',
    focus: lostLooks,
    grafts: [refusesAnyway],
  },
  'holds-without-end': {
    of: 'rules 16 and 28',
    what: 'nobody asks for the end of a hold: its message is not sent, and the sweeper does not look at the gate’s list',
    grafts: [
      graft(`${orders}/commit-order.ts`, "if (order.state === 'held') await remindExpiry(deps.expiries, order, deps.clock.nowMs());\n", ''),
      graft('lambdas/domain/stock/sweep-sale.ts', '  await attempt(swept, () => expireOverdue(deps, sale, swept));\n', ''),
    ],
  },
  'forgotten-ends': {
    of: 'found by the simulation',
    what: 'what a failover made the gate forget of orders is not looked for',
    focus: lostEnds,
    grafts: [graft('lambdas/domain/stock/sweep-sale.ts', '  await attempt(swept, () => compareOrders(deps, sale));\n', '')],
  },
  'apply-without-version': {
    of: 'CE-15',
    what: 'an old image of an order overwrites a newer one in the gate',
    focus: latePayments,
    grafts: [graft(`${lua}/shared/apply-image.lua`, "  if known and known.version >= image.version then return { 'stale' } end\n", '')],
  },
  'clear-by-number': {
    of: 'CE-16',
    what: 'a unit is cleared whoever owns it by now',
    grafts: [graft(`${lua}/shared/stock.lua`, '  if owner_of(stock, unit) ~= slot then return false end\n', '')],
  },
  'near-cache-refuses-known': {
    of: 'CE-17',
    what: 'sold out is answered from the near cache also to whom has an order',
    grafts: [graft(`${orders}/accept-order.ts`, "  if (peeked.kind === 'known') return 'known';\n", '')],
  },
  'no-grace': {
    of: 'CE-19',
    what: 'a hold ends by the clock of whoever looks',
    grafts: [
      graft(`${orders}/expire-order.ts`, 'nowMs - limits.holdGraceMs', 'nowMs'),
      graft(`${orders}/remind-expiry.ts`, 'holdExpiresAtMs + limits.holdGraceMs + 1', 'holdExpiresAtMs + 1'),
    ],
  },
  'late-payment-ledger-first': {
    of: 'CE-8',
    what: 'a late payment takes its units in the ledger without asking the gate',
    focus: latePayments,
    grafts: [graft(`${orders}/confirm-order.ts`, 'const taken = await gate.retake(expired, retakenAtMs);', "const taken = 'taken';")],
  },
  'expire-gate-first': {
    of: 'CE-14',
    what: 'an expired hold gives its units back in the gate before the ledger',
    grafts: [
      graft(
        `${orders}/expire-order.ts`,
        "const outcome = await ledger.release(order, 'expired', nowMs);",
        "await gate.apply({ ...order, state: 'expired', version: order.version + 1 });\n  const outcome = await ledger.release(order, 'expired', nowMs);",
      ),
    ],
  },
  'payment-swallowed': {
    of: 'root cause 6: webhook before order, payment after expiry',
    what: 'a payment for an order that is not there yet is answered and forgotten',
    grafts: [
      graft(
        `${orders}/take-payment-event.ts`,
        "if (outcome.kind === 'not-found') return undefined;",
        "if (outcome.kind === 'not-found' || outcome.kind === 'accepted' || outcome.kind === 'not-visible') return undefined;",
      ),
    ],
  },
  'retake-forgotten': {
    of: 'found by the simulation',
    what: 'a late payment that comes to nothing counts for its customer for ever',
    focus: abandonedRetakes,
    grafts: [graft(`${lua}/retake.lua`, "if not entry.live and counts > 0 then redis.call('ZADD', DUE, entry.rt, id) end\n", '')],
  },
  'retake-uncounted': {
    of: 'found by the model of lanes',
    what: 'the units of a late payment count for its customer only when the ledger has said',
    focus: latePayments,
    grafts: [graft(`${lua}/retake.lua`, 'entry.live and entry.counts or image.counts', 'entry.counts')],
  },
  'gather-uncounted': {
    of: 'lanes, L1',
    what: 'an order that gathers counts for its customer only when all its units are there',
    focus: manyLanes,
    grafts: [
      graft(`${lua}/reserve.lua`, 'counts = asked,', "counts = attempt == '' and asked or 0,"),
      graft(`${lua}/reserve.lua`, 'count_units(customer, asked)', "if attempt == '' then count_units(customer, asked) end"),
    ],
  },
  'stored-is-not-kept': {
    of: 'lanes, L5',
    what: 'who comes second with an order gives back what the first has stored',
    focus: manyLanes,
    grafts: [graft(`${redis}/gather.ts`, 'attempt, unitsOf(stored.request.order.lines));', 'attempt, new Map());')],
  },
  'retake-at-home-only': {
    of: 'lanes, L7',
    what: 'a late payment takes its units again in the order’s home lane alone',
    focus: { ...latePayments, scenario: { ...latePayments.scenario, lanes: 3 } },
    grafts: [graft(`${redis}/redis-stock-gate.ts`, "if (outcome !== 'taken') return outcome;", 'return outcome;')],
  },
  'lent-for-ever': {
    of: 'lanes, L8',
    what: 'what a lane lent to a gathering that died never goes back',
    focus: manyLanes,
    grafts: [graft(`${redis}/redis-stock-gate.ts`, 'if (lane === home) return false;', 'return false;')],
  },
  'home-not-told': {
    of: 'lanes, L9',
    what: 'nobody tells an order’s home lane again of claims in other lanes',
    focus: {
      // Few failovers: one of all lanes has each lane's orders compared, which tells their homes. Long holds: so does their end.
      scenario: { ...fewUnits, busyMs: 20_000, buyers: 8, latePayments: 0, operators: 0, holdSeconds: 3600 },
      rates: { ...alone, duplicate: 0, failoversPerMinute: 4 },
    },
    grafts: [graft(`${redis}/redis-stock-gate.ts`, 'if (sale.all.length === 1) return;', 'return;')],
  },
  'drawn-twice': {
    of: 'found by the simulation',
    what: 'a unit that a failover forgot in the middle of a draw is found a second time for the same order',
    focus: lostLanes,
    grafts: [
      graft(`${lua}/draw-part.lua`, '  if is_free(owner_of(stocks[it.sku], it.unit)) then give(stocks[it.sku], it.unit, slot) end\n', ''),
    ],
  },
  'old-gate-sells': {
    of: 'found by the simulation',
    what: 'a gate that a failover brought back from before the last put of its sale sells by what it knows',
    focus: beforeOpening,
    grafts: [
      graft(`${lua}/shared/entry.lua`, ' and found[2] == gate_version', ''),
      graft(`${lua}/begin-rebuild.lua`, ' and (tonumber(found[2]) or 0) >= tonumber(ARGV[5])', ''),
    ],
  },
  'old-capacity': {
    of: 'found by the simulation',
    what: 'who read a sale before it was put anew raises the gate to the capacities of then',
    focus: lastMinute,
    grafts: [graft(`${lua}/set-capacity.lua`, "gate[1] == 'laned' or gate[2] ~= ARGV[3]", 'not gate[1]')],
  },
  'old-cut-stays': {
    of: 'found by a reviewer',
    what: 'a sale that is cut anew leaves the lanes of its old cut as they are',
    focus: beforeOpening,
    grafts: [graft(`${redis}/redis-stock-gate.ts`, 'if (cut > 1) for (const lane of before.all) await lane.empty(skus);', '')],
  },
  'refund-by-amount': {
    of: 'found by the simulation',
    what: 'a refund that is told with another amount than the payment leaves its order sold',
    focus: { scenario: { paidBack: 1, latePayments: 0.2 } },
    grafts: [
      graft(
        `${orders}/take-payment-event.ts`,
        "told.order.state === 'confirmed' && isPaidBy(told.order, payment)",
        "told.kind === 'confirmed'",
      ),
    ],
  },
  'lane-made-alone': {
    of: 'lanes, L10',
    what: 'a lane that was lost is made again without the others',
    focus: { scenario: { lanes: 3 }, rates: { ...alone, wipesPerMinute: 4, delayed: 0.4, lostAnswer: 0.05 } },
    grafts: [
      graft(
        `${redis}/redis-stock-gate.ts`,
        "const emptied = await lane.beginRebuild(token, skus, { ...options, remake: true });\n      if (emptied !== 'started') return emptied;",
        "if ((await lane.summary([])).state !== 'ready') await lane.beginRebuild(token, skus, { ...options, remake: true });",
      ),
      graft(`${redis}/redis-stock-gate.ts`, 'return loads.every(Boolean) &&', 'return loads.some(Boolean) &&'),
      graft(
        `${redis}/redis-stock-gate.ts`,
        'if (!(await lane.publish(token, chunks, gateVersion, capacities))) return false;',
        'await lane.publish(token, chunks, gateVersion, capacities);',
      ),
      graft(
        `${redis}/redis-stock-gate.ts`,
        'const lanes = sale.all.length === 1 ? sale.all : [sale.whole, ...sale.all];',
        'const lanes = sale.all.length === 1 ? sale.all : [sale.whole];',
      ),
    ],
  },
  'check-then-act': {
    of: 'root cause 1: check-then-act across transactions',
    what: 'the gate said that the units are free, so the ledger does not look again',
    grafts: [graft(ledger, "if (claims.length > 0) return { kind: 'collided', claims };", '')],
  },
  'lost-update': {
    of: 'root cause 2: lost update',
    what: 'an allowance is written as it was read some time before, not added to',
    grafts: [
      graft(
        ledger,
        'this.used.set(allowanceOf(order), (this.used.get(allowanceOf(order)) ?? 0) + times * countedUnits);',
        'this.used.set(allowanceOf(order), times === 1 ? countedUnits : 0);',
      ),
    ],
  },
  'lock-skipped': {
    of: 'root cause 3: lock that is process-local, optional or skipped',
    what: 'a retry does not look whether its order is known',
    grafts: [graft(`${lua}/reserve.lua`, 'local known = read_entry(id)', 'local known = nil')],
  },
  'reserve-after-commit': {
    of: 'root cause 4: reserve after commit',
    what: 'an accepted order sets no units aside until it is committed',
    grafts: [
      graft(
        `${lua}/reserve.lua`,
        'save_counts(stocks)\n',
        'for _, it in ipairs(list) do take_back(stocks[it.sku], it.unit, slot) end\nsave_counts(stocks)\n',
      ),
    ],
  },
  'hold-outlives-owner': {
    of: 'root cause 5: hold that outlives its owner, or its counter',
    what: 'the end of an order leaves its allowance raised',
    grafts: [graft(ledger, '      this.#count(stored, -1);\n', '')],
  },
  'line-by-line': {
    of: 'root cause 7: batch validated line by line',
    what: 'an order of several lines is taken when its last line can be filled',
    grafts: [graft(`${lua}/reserve.lua`, 'if left < quantity then short = true end', 'short = left < quantity')],
  },
  'retake-before-expiry': {
    of: 'CE-9',
    what: 'a late payment takes its units again before the gate knows that they expired, and the late news of it frees them',
    focus: paymentsAtTheEnd,
    grafts: [
      graft(
        `${lua}/retake.lua`,
        'local applied = apply_image(stocks, id, image)',
        "local applied = read_entry(id) and { 'stale' } or apply_image(stocks, id, image)",
      ),
    ],
  },
  'drain-waits-for-parked': {
    of: 'CE-11',
    what: 'a rebuild waits for orders that wait for the rebuild',
    focus: lostTwice,
    grafts: [
      graft(
        `${stock}/rebuild-gate.ts`,
        'const { visible, inFlight } = await queue.depth();',
        'const { visible, inFlight: taken, delayed } = await queue.depth();\n    const inFlight = taken + delayed;',
      ),
    ],
  },
  'rebuild-keeps-meta': {
    of: 'CE-18',
    what: 'a rebuild that begins over the remains of another empties all but meta, which goes on counting units that are gone',
    focus: deadRebuilds,
    grafts: [graft(`${lua}/begin-rebuild.lua`, 'if i ~= 6 then', 'if i ~= 6 and i ~= 1 then')],
  },
  'resend-each-pass': {
    of: 'CE-20',
    what: 'what waits in a long queue is sent again by each pass of the sweeper',
    focus: longQueue,
    grafts: [
      graft(
        `${lua}/resend.lua`,
        "redis.call('HSET', KEYS[6], ARGV[1], string.format('%d:%.0f', sent + 1, tonumber(ARGV[2]) + tonumber(ARGV[3]) * 2 ^ (sent + 1)))\n",
        '',
      ),
    ],
  },
  'mark-raises-version': {
    of: 'CE-21',
    what: 'one claim of an order passes for its whole image',
    focus: lostMarks,
    grafts: [
      graft(
        `${lua}/shared/mark-unit.lua`,
        'local list = parse_units(entry[field])',
        'entry.version = math.max(entry.version, claim.version)\n  local list = parse_units(entry[field])',
      ),
    ],
  },
  'dead-rebuild-stays': {
    of: 'CE-22',
    what: 'a rebuild that died is waited for',
    focus: deadRebuilds,
    grafts: [
      graft(
        `${lua}/begin-rebuild.lua`,
        "local holder = redis.call('GET', KEYS[6])",
        "local holder = redis.call('GET', KEYS[6]) or (redis.call('HGET', KEYS[1], 'st') == 'rebuilding' and redis.call('HGET', KEYS[1], 'token'))",
      ),
    ],
  },
};
