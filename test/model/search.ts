import { areRules, isSeconds, readArguments, rulesOf } from './arguments.ts';
import { SMALL_CONFIGURATIONS } from './configurations.ts';
import { LANE_RULES, ORDER_RULES, rulesWithout } from './rules.ts';
import { clone, worldOf } from './state.ts';
import type { World } from './state.ts';
import { act, comeToRest, enabledIn } from './walk.ts';

const help = `npm run model:search -- [configuration] [seconds] [rules off, by comma]: every state of a small configuration, for 60 s

Exit: 0 no rule is broken in any state (exhausted), or in those reached (cut); 1 one is; 2 wrong usage. '' leaves one out.
configurations: ${Object.keys(SMALL_CONFIGURATIONS).join(', ')} (default: gatherers)
rules: ${[...ORDER_RULES, ...LANE_RULES].join(', ')}
`;
const {
  configuration: name = 'gatherers',
  seconds = '60',
  rules: off = '',
} = readArguments(help, { configuration: (text) => Object.hasOwn(SMALL_CONFIGURATIONS, text), seconds: isSeconds, rules: areRules });
const config = SMALL_CONFIGURATIONS[name];
if (config === undefined) throw new Error(`no configuration ${name}`);
const rules = rulesWithout('askLedger', ...rulesOf(off));

interface Node {
  readonly world: World;
  readonly from: Node | null;
  readonly action: string;
}

/** Two worlds of one key go on alike: what is left out is only counted, and no condition reads it. */
const keyOf = ({ step: _step, busyAt: _busy, bornAt: _born, config: _config, rules: _rules, emptied, processes, ...rest }: World): string =>
  JSON.stringify([rest, processes.map(({ born, ...each }) => [each, born < emptied])]);

const pathOf = (node: Node | null): string[] => (node === null ? [] : [...pathOf(node.from), node.action]);

const branch = (world: World): World => ({ ...clone({ ...world, config: null, rules: null }), config, rules });

const judge = (node: Node, depth: number): void => {
  if (node.world.violation === null) return;
  console.log(`${name} off [${off}] depth ${depth}: ${node.world.violation}\n   ${pathOf(node).slice(1).join(' ; ')}`);
  process.exit(1);
};

const end = performance.now() + Number(seconds) * 1000;
const root: Node = { world: worldOf(config, rules), from: null, action: '' };
const seen = new Set([keyOf(root.world)]);
let [frontier, depth, rests, cut] = [[root], 0, 0, false];
while (frontier.length > 0 && !cut) {
  const next: Node[] = [];
  for (const node of frontier) {
    if (performance.now() > end) {
      cut = true;
      break;
    }
    const rested = branch(node.world);
    comeToRest(rested);
    rests += 1;
    judge({ ...node, world: rested }, depth);
    for (const action of new Set(enabledIn(node.world))) {
      const child: Node = { world: branch(node.world), from: node, action };
      act(child.world, action);
      judge(child, depth + 1);
      const key = keyOf(child.world);
      if (!seen.has(key)) next.push(child);
      seen.add(key);
    }
  }
  frontier = next;
  depth += 1;
}
console.log(`${name} off [${off}] states ${seen.size} ends ${rests} depth ${depth} ${cut ? 'cut' : 'exhausted'}`);
