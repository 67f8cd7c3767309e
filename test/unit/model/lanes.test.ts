import { describe, expect, it } from '@jest/globals';
import { CONFIGURATIONS } from '../../model/configurations.ts';
import { COUNTEREXAMPLES } from '../../model/counterexamples.ts';
import { rulesWithout } from '../../model/rules.ts';
import { replay, walk } from '../../model/walk.ts';
import type { Configuration } from '../../model/state.ts';

const configurationOf = (name: string): Configuration => {
  const config = CONFIGURATIONS[name];
  if (config === undefined) throw new Error(`no configuration ${name}`);
  return config;
};

describe('the model of lanes', () => {
  it.each(Object.keys(CONFIGURATIONS))('finds nothing in 100 walks through "%s" with every rule on', (name) => {
    const config = configurationOf(name);
    const found = Array.from({ length: 100 }, (_, seed) => walk(config, rulesWithout('askLedger'), seed + 1, 120))
      .filter(({ world }) => world.violation !== null)
      .map(({ world, actions }) => `${world.violation}: ${actions.join(' ; ')}`);
    expect(found).toEqual([]);
  });

  it.each(COUNTEREXAMPLES)('needs the rule $rule', ({ rule, configuration, breaks, actions }) => {
    const config = configurationOf(configuration);
    expect(replay(config, rulesWithout('askLedger', rule), actions.split(' ; ')).world.violation).toContain(breaks);
    expect(replay(config, rulesWithout('askLedger'), actions.split(' ; ')).world.violation).toBeNull();
  });
});
