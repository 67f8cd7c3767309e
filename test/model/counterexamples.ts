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
    breaks: 'rejected (limit) though no write was lost',
    actions: 'post:B:f1 ; cancel:B ; step:post1 ; step:post1 ; post:A:f1 ; step:post2 ; crash:post2 ; post:C:f1 ; post:A:f1',
  },
  {
    rule: 'fence',
    configuration: 'duel',
    breaks: 'rejected (sold-out) though no write was lost',
    actions: 'post:A:f1 ; post:B:f1 ; post:B:f1 ; post:B:f1 ; cancel:B ; post:A:f1 ; post:A:f1 ; step:post4 ; step:post6 ; post:C:f1',
  },
  {
    rule: 'removeUnstored',
    configuration: 'duel',
    breaks: 'rejected (sold-out) though no write was lost',
    actions: 'post:B:f1 ; cancel:B ; step:post1 ; post:A:f1 ; step:post2 ; post:A:f1 ; step:post3 ; post:B:f1 ; post:C:f1 ; step:post3',
  },
  {
    rule: 'removeFirst',
    configuration: 'trio',
    breaks: 'rejected (sold-out) though no write was lost',
    actions:
      'post:A:f1 ; post:B:f1 ; post:A:f1 ; step:post2 ; cancel:B ; step:cancel1 ; step:post3 ; step:post3 ; step:post3 ; post:C:f1 ; step:cancel1 ; step:cancel1',
  },
  {
    rule: 'storeOwnAttempt',
    configuration: 'duel',
    breaks: 'rejected (sold-out) though no write was lost',
    actions:
      'post:A:f1 ; step:post1 ; post:A:f1 ; post:B:f1 ; step:post3 ; cancel:B ; post:C:f1 ; step:post4 ; post:A:f1 ; step:post2 ; step:post5 ; step:cancel1 ; step:cancel1 ; step:post5 ; step:post1 ; step:post1 ; step:cancel1 ; step:post4 ; step:post5 ; step:post5',
  },
  {
    rule: 'keepStored',
    configuration: 'duel',
    breaks: 'rejected (sold-out) though no write was lost',
    actions: 'post:A:f1 ; post:A:f1 ; post:C:f1 ; step:post2',
  },
  {
    rule: 'backUnsent',
    configuration: 'unsent',
    breaks: 'rejected (sold-out) though no write was lost',
    actions: 'post:A:f1 ; step:post1 ; post:A:f1 ; step:post2 ; step:post1 ; step:post1 ; wipe:0 ; post:B:f1',
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
    rule: 'sameGate',
    configuration: 'refusals',
    breaks: 'rejected though units were free and stayed free',
    actions:
      'post:A:f1 ; step:post1 ; step:post1 ; deliver:commit1 ; step:work1 ; post:B:f1 ; step:post2 ; step:post2 ; deliver:commit2 ; step:work2 ; failover:0:1 ; post:C:f1 ; step:post3 ; step:post3 ; deliver:commit3 ; cancel:A ; step:cancel1 ; step:cancel1 ; step:work3 ; step:work3 ; step:work3 ; step:work3 ; step:work3 ; step:work3 ; step:work3 ; step:cancel1 ; step:work3 ; failover:0:3',
  },
  {
    rule: 'orphans',
    configuration: 'late',
    breaks: 'set in the gate, free in the ledger',
    actions: 'post:A:f1 ; step:post1 ; step:post1 ; crash:post1',
  },
  {
    rule: 'gathering',
    configuration: 'late',
    breaks: 'set in the gate, free in the ledger',
    actions: 'post:A:f1 ; step:post1 ; crash:post1',
  },
  {
    rule: 'sweepDesk',
    configuration: 'failovers',
    breaks: 'count of the customer differs at the desk',
    actions:
      'confirm:C ; cancel:C ; confirm:A ; post:A:f1 ; step:confirm2 ; post:B:f1 ; post:B:f1 ; step:post3 ; step:post1 ; post:A:f1 ; step:post4 ; step:post4 ; step:post4 ; step:post4 ; deliver:commit1 ; failover:0:2 ; step:work1 ; step:work1 ; step:work1 ; step:work1 ; failover:0:1',
  },
  {
    rule: 'rebuildAll',
    configuration: 'unsent',
    breaks: 'rejected (sold-out) though no write was lost',
    actions: 'post:A:f1 ; step:post1 ; step:post1 ; step:post1 ; wipe:1 ; rebuild ; step:post1:failed ; post:A:f1 ; post:B:f1',
  },
];
