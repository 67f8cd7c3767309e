import { afterAll, beforeAll, beforeEach, describe } from '@jest/globals';
import { applyCases } from './stock-gate.apply-cases.ts';
import { GateContext, type GateUnderTest } from './stock-gate.context.ts';
import { drawCases } from './stock-gate.draw-cases.ts';
import { readCases } from './stock-gate.read-cases.ts';
import { rebuildCases } from './stock-gate.rebuild-cases.ts';
import { releaseCases } from './stock-gate.release-cases.ts';
import { reserveCases } from './stock-gate.reserve-cases.ts';
import { seatCases } from './stock-gate.seat-cases.ts';
import { sweepCases } from './stock-gate.sweep-cases.ts';
import { versionCases } from './stock-gate.version-cases.ts';

/**
 * The behaviour that protocol.md asks of every gate, through its port only; titles name the rule. Each case has a sale
 * of its own.
 */
export function stockGateConformance(name: string, makeGate: () => Promise<GateUnderTest>): void {
  describe(`stock gate: ${name}`, () => {
    const context = new GateContext();
    let under: GateUnderTest;

    beforeAll(async () => {
      under = await makeGate();
      context.use(under);
    }, 30_000);
    afterAll(() => under.close());
    beforeEach(() => {
      context.nextSale();
    });

    reserveCases(context);
    applyCases(context);
    drawCases(context);
    releaseCases(context);
    rebuildCases(context);
    readCases(context);
    seatCases(context);
    sweepCases(context);
    versionCases(context);
  });
}
