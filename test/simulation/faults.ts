import type { Random } from './random.ts';

/** How often each fault comes. Rates of calls are per call; rates of what happens to a store are per virtual minute. */
export interface FaultRates {
  /** The environment dies instead of making a call, and dies with the answer on its way. */
  readonly crashBefore: number;
  readonly crashAfter: number;
  /** A call fails at once and took no effect: a throttle, a transaction conflict, a refused connection. */
  readonly refused: number;
  /** A call times out but took effect, before the time-out or after it. */
  readonly lostAnswer: number;
  readonly lateEffect: number;
  /** A call that takes up to two seconds, answered all the same where its deadline allows. */
  readonly slow: number;
  /** A message is delivered again although it was deleted, or while it is being worked on; three times in all at most. */
  readonly duplicate: number;
  /** A message comes seconds late. */
  readonly delayed: number;
  /** The queue's counts tell of no message where there are some. */
  readonly wrongDepth: number;
  /** All that the gate stores is gone. */
  readonly wipesPerMinute: number;
  /** The gate forgets its last 1 to 8 writes. */
  readonly failoversPerMinute: number;
  /** A dependency refuses every call for up to eight seconds. */
  readonly outagesPerMinute: number;
  /** Clocks of two environments differ by this at most, in ms. */
  readonly skewMs: number;
  /** A sweep dies half way, per call of it. */
  readonly sweepCrash: number;
  /** A queue hands out nothing for up to two minutes, and fills up: its workers are throttled, or being deployed. */
  readonly stallsPerMinute: number;
}

export const noFaults: FaultRates = {
  crashBefore: 0,
  crashAfter: 0,
  refused: 0,
  lostAnswer: 0,
  lateEffect: 0,
  slow: 0,
  duplicate: 0,
  delayed: 0,
  wrongDepth: 0,
  wipesPerMinute: 0,
  failoversPerMinute: 0,
  outagesPerMinute: 0,
  skewMs: 0,
  sweepCrash: 0,
  stallsPerMinute: 0,
};

const greatest: FaultRates = {
  crashBefore: 0.02,
  crashAfter: 0.02,
  refused: 0.04,
  lostAnswer: 0.04,
  lateEffect: 0.02,
  slow: 0.04,
  duplicate: 0.4,
  delayed: 0.2,
  wrongDepth: 0.2,
  wipesPerMinute: 0.7,
  failoversPerMinute: 3,
  outagesPerMinute: 1,
  skewMs: 1000,
  sweepCrash: 0.05,
  stallsPerMinute: 0.5,
};

/**
 * The faults of one run: each kind is off in half of the runs, so that one fault alone, any few together and none at
 * all are all met ("Swarm testing", Groce et al., 2012).
 */
export function drawFaults(random: Random): FaultRates {
  const drawn = Object.entries(greatest).map(([name, most]) => [name, random.chance(0.5) ? most * random.next() : 0]);
  return Object.fromEntries(drawn) as FaultRates;
}
