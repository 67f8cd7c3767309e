import type { Rule } from './rules.ts';

export interface Counterexample {
  readonly rule: Rule;
  readonly configuration: string;
  readonly breaks: string;
  readonly actions: string;
}

/** What breaks with one rule of lanes off: each as the model found it, or as it was thought out and then run. */
export const COUNTEREXAMPLES: readonly Counterexample[] = [
  {
    rule: 'limitFirst',
    configuration: 'pairs',
    breaks: 'rejected (limit)',
    actions:
      'sweep ; step:sweep1 ; post:B:f1 ; step:post1 ; wipe:1 ; step:post1 ; step:post1 ; add ; rebuild:1 ; post:B:f1 ; crash:rebuild1 ; post:C:f1 ; step:post3 ; post:B:f1 ; step:post3 ; step:post3 ; post:A:f1 ; step:post3 ; rebuild:1 ; post:A:f1 ; step:rebuild2 ; post:A:f1 ; sweep ; step:sweep2 ; post:C:f1 ; step:post8',
  },
  {
    rule: 'fence',
    configuration: 'noloss',
    breaks: 'rejected (sold-out) though no write was lost',
    actions:
      'post:C:f1 ; step:post1 ; step:post1:unsure ; cancel:A ; post:B:f1 ; post:D:f1 ; deliver:commit1 ; step:post3 ; post:A:f1 ; post:A:f1 ; step:post4 ; post:A:f1 ; step:post6 ; step:post4 ; step:post4 ; cancel:C ; step:cancel2 ; step:cancel2 ; step:post5 ; step:post5 ; step:post5 ; post:B:f1',
  },
  {
    rule: 'removeUnstored',
    configuration: 'duel',
    breaks: 'rejected (sold-out) though no write was lost',
    actions:
      'post:B:f1 ; post:C:f1 ; cancel:B ; post:B:f1 ; step:post1 ; post:A:f1 ; post:A:f1 ; crash:post2 ; step:post5 ; post:C:f1 ; step:post5 ; step:post5',
  },
  {
    rule: 'removeFirst',
    configuration: 'pairs',
    breaks: 'rejected (sold-out) though no write was lost',
    actions:
      'post:A:f1 ; post:C:f1 ; cancel:C ; post:C:f1 ; step:post2 ; post:B:f1 ; post:B:f1 ; step:post4 ; step:post4 ; step:post5 ; post:A:f1 ; step:post4 ; step:post4 ; wipe:1',
  },
  {
    rule: 'storeOwnAttempt',
    configuration: 'duel',
    breaks: 'rejected (sold-out) though no write was lost',
    actions:
      'post:B:f1 ; step:post1 ; step:post1 ; step:post1 ; post:A:f1 ; step:post2 ; step:post2 ; post:A:f1 ; step:post3 ; step:post3 ; step:post3 ; cancel:B ; step:cancel1 ; step:cancel1 ; step:cancel1 ; step:cancel1 ; step:post2 ; step:post3 ; step:post3 ; post:A:f1 ; step:post4 ; step:post2 ; step:post2 ; step:post2 ; crash:post4 ; post:C:f1',
  },
  {
    rule: 'keepStored',
    configuration: 'noloss',
    breaks: 'rejected (sold-out) though no write was lost',
    actions: 'post:A:f1 ; post:D:f1 ; step:post2 ; post:A:f1 ; step:post3 ; post:C:f1',
  },
  {
    rule: 'backUnsent',
    configuration: 'unsent',
    breaks: 'rejected (sold-out) though no write was lost',
    actions: 'post:A:f1 ; post:A:f1 ; step:post1 ; step:post1 ; step:post1 ; step:post2 ; step:post2 ; step:post1 ; wipe:0 ; post:B:f1',
  },
  {
    rule: 'retakeEach',
    configuration: 'late',
    breaks: 'rejected (sold-out) though no write was lost',
    actions:
      'post:A:f1 ; step:post1 ; step:post1 ; step:post1 ; step:post1 ; step:post1 ; step:post1 ; deliver:commit1 ; step:work1 ; step:work1 ; step:work1 ; step:work1 ; step:work1 ; step:work1 ; tick ; tick ; tick ; tick ; deliver:expire1 ; step:expire2 ; step:expire2 ; step:expire2 ; step:expire2 ; step:expire2 ; confirm:A ; post:B:f1 ; step:post2 ; step:post2 ; step:post2 ; step:confirm1 ; step:confirm1 ; step:confirm1',
  },
  {
    rule: 'retakeCounts',
    configuration: 'again',
    breaks: 'rejected (limit) though no write was lost',
    actions:
      'post:A:f1 ; step:post1 ; step:post1 ; step:post1 ; step:post1 ; step:post1 ; step:post1 ; deliver:commit1 ; step:work1 ; step:work1 ; step:work1 ; step:work1 ; step:work1 ; step:work1 ; tick ; tick ; tick ; tick ; deliver:expire1 ; step:expire2 ; step:expire2 ; step:expire2 ; step:expire2 ; step:expire2 ; confirm:A ; step:confirm1 ; step:confirm1 ; step:confirm1 ; step:confirm1 ; post:C:f1 ; step:post2 ; step:post2 ; step:post2 ; step:post2 ; step:post2',
  },
  {
    rule: 'orphans',
    configuration: 'late',
    breaks: 'set in the gate, free in the ledger',
    actions: 'post:A:f1 ; step:post1 ; step:post1 ; crash:post1',
  },
  { rule: 'gathering', configuration: 'late', breaks: 'gathers for ever', actions: 'post:A:f1 ; step:post1 ; crash:post1' },
  {
    rule: 'sweepDesk',
    configuration: 'failovers',
    breaks: 'count of the customer differs at the desk',
    actions:
      'post:B:f1 ; confirm:B ; post:C:f1 ; post:B:f1 ; step:post3 ; step:post3 ; post:C:f1 ; confirm:B ; deliver:commit1 ; crash:post2 ; confirm:A ; step:post4 ; step:post4 ; failover:1:1 ; deliver:commit2 ; step:work2 ; step:work2 ; step:work2 ; step:work2 ; failover:1:1',
  },
  {
    rule: 'loadPending',
    configuration: 'unsent',
    breaks: 'rejected (sold-out) though no write was lost',
    actions: 'post:A:f1 ; step:post1 ; step:post1 ; step:post1 ; step:post1 ; crash:post1 ; wipe:1 ; rebuild:1 ; post:B:f1 ; post:A:f1',
  },
];
