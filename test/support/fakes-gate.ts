import { expect } from '@jest/globals';
import type { StockGate } from '../../lambdas/domain/stock/ports.ts';

export interface GateCall {
  readonly method: string;
  readonly args: readonly unknown[];
}

/** A gate and what it was asked. */
export interface ScriptedGate {
  readonly gate: StockGate;
  readonly calls: GateCall[];
  /** The methods given, which a test may change. */
  readonly answers: Partial<StockGate>;
  /** Names of the methods called, in order. */
  methods(): string[];
  /** Arguments of each call of one method, in order. */
  argsOf(method: keyof StockGate): (readonly unknown[])[];
}

/** What a sale of one lane has nothing to do for. */
const ofLanes: Partial<StockGate> = { noteElsewhere: () => Promise.resolve(), giveBackUnwanted: () => Promise.resolve(false) };

/**
 * Answers by the given methods and writes every call down; a method that is not given fails the test that calls it, but for
 * those that concern a sale of several lanes only: this one has one lane then, and they are not written down.
 */
export function scriptedGate(answers: Partial<StockGate> = {}): ScriptedGate {
  const calls: GateCall[] = [];
  const gate = new Proxy({} as StockGate, {
    get:
      (_, method: string) =>
      (...args: readonly unknown[]) => {
        const name = method as keyof StockGate;
        if (!(name in answers) && name in ofLanes) return (ofLanes[name] as () => unknown)();
        calls.push({ method, args });
        const answer = answers[name] as ((...given: readonly unknown[]) => unknown) | undefined;
        return answer ? answer(...args) : Promise.reject(new Error(`gate.${method} was not expected`));
      },
  });
  return {
    gate,
    calls,
    answers,
    methods: () => calls.map((call) => call.method),
    argsOf: (method) => calls.filter((call) => call.method === method).map((call) => call.args),
  };
}

/** The sale as `setCapacity` is told of it, among the arguments of a call. */
export function gateOf(saleId = 'drop', gateVersion = 1): unknown {
  return expect.objectContaining({ saleId, gateVersion });
}

/** An answer for methods that give nothing back. */
export const done = (): Promise<void> => Promise.resolve();

/** Answers in turn, one a call; a call more fails. */
export function inTurn<T>(...answers: readonly T[]): () => Promise<T> {
  const left = answers.values();
  return () => {
    const { value, done: over } = left.next();
    return over ? Promise.reject(new Error('the script is at its end')) : Promise.resolve(value);
  };
}
