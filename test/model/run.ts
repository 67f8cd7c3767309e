/**
 * Walks through every configuration for some seconds: `node test/model/run.ts [seconds] [rules off, by comma] [configuration] [first seed]`.
 * Prints each kind of violation with the shortest interleaving found. Ends with 1 where there is one.
 */
import { CONFIGURATIONS } from './configurations.ts';
import type { Rule } from './rules.ts';
import { rulesWithout } from './rules.ts';
import { kindOf, shrink, walk } from './walk.ts';
import type { Walk } from './walk.ts';

const [seconds = '20', off = '', only = '', first = '1'] = process.argv.slice(2);
const rules = rulesWithout('askLedger', ...off.split(',').filter((rule): rule is Rule => rule !== ''));
const names = Object.keys(CONFIGURATIONS).filter((name) => only === '' || name === only);
const end = performance.now() + Number(seconds) * 1000;
const kinds = new Map<string, { n: number; seed: number; best: Walk }>();
let [walks, steps] = [0, 0];

for (let seed = Number(first); performance.now() < end; seed += 1) {
  const name = names[seed % names.length] ?? '';
  const config = CONFIGURATIONS[name];
  if (config === undefined) throw new Error(`no configuration ${name}`);
  const found = walk(config, rules, seed, 40 + (seed % 5) * 40);
  walks += 1;
  steps += found.world.step;
  if (found.world.violation === null) continue;
  const kind = `${name}: ${kindOf(found.world.violation)}`;
  const known = kinds.get(kind);
  const best = known === undefined || known.n < 30 ? shrink(config, rules, found) : known.best;
  kinds.set(kind, {
    n: (known?.n ?? 0) + 1,
    seed,
    best: known !== undefined && known.best.actions.length <= best.actions.length ? known.best : best,
  });
}
console.log(`off [${off}] walks ${walks} steps ${steps} kinds ${kinds.size}`);
for (const [kind, { n, seed, best }] of kinds)
  console.log(` - ${kind} x${n} seed ${seed} steps ${best.actions.length}\n   ${best.actions.join(' ; ')}`);
process.exitCode = kinds.size > 0 ? 1 : 0;
