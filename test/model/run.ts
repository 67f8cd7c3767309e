import { areRules, isSeconds, isWhole, readArguments, rulesOf } from './arguments.ts';
import { CONFIGURATIONS } from './configurations.ts';
import { LANE_RULES, ORDER_RULES, rulesWithout } from './rules.ts';
import { kindOf, shrink, walk } from './walk.ts';
import type { Walk } from './walk.ts';

const help = `npm run model -- [seconds] [rules off, by comma] [configuration] [first seed]: walks through the model by chance, for 20 s

Prints each kind of violation with the shortest interleaving found. Exit: 0 none, 1 a violation, 2 wrong usage. '' leaves one out.
rules: ${[...ORDER_RULES, ...LANE_RULES].join(', ')}
configurations: ${Object.keys(CONFIGURATIONS).join(', ')} (default: all)
`;
const {
  seconds = '20',
  rules: off = '',
  configuration: only = '',
  'first seed': first = '1',
} = readArguments(help, {
  seconds: isSeconds,
  rules: areRules,
  configuration: (text) => Object.hasOwn(CONFIGURATIONS, text),
  'first seed': isWhole,
});
const rules = rulesWithout('askLedger', ...rulesOf(off));
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
