/** Every state of a small configuration: `node test/model/search.ts <configuration> [seconds] [rules off]`. Ends with 1 where a rule is broken. */
import { SMALL_CONFIGURATIONS } from './configurations.ts';
import type { Rule } from './rules.ts';
import { rulesWithout } from './rules.ts';
import { clone, worldOf } from './state.ts';
import type { World } from './state.ts';
import { act, comeToRest, enabledIn } from './walk.ts';

const [name = 'gatherers', seconds = '60', off = ''] = process.argv.slice(2);
const config = SMALL_CONFIGURATIONS[name];
if (config === undefined) throw new Error(`no configuration ${name}: one of ${Object.keys(SMALL_CONFIGURATIONS).join(', ')}`);
const rules = rulesWithout('askLedger', ...off.split(',').filter((rule): rule is Rule => rule !== ''));

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
