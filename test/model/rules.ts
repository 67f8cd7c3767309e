/**
 * The rules of the order protocol that the model can switch off, each by a name. With one off, a walk shows what it is there for.
 * The first group are rules of a sale with one lane; the second are the rules of lanes (ADR 0015).
 */
export const ORDER_RULES = [
  'noGiveBack', // a send that failed gives nothing back
  'owner', // a unit is cleared only by naming its owner
  'version', // an image is applied once, never an older one over a newer
  'drain', // a rebuild waits for the messages that were sent before it
  'functionWait', // a rebuild waits for the functions that began before it
  'askLedger', // a new order looks for itself in the ledger before it is sent (decided against: rule 8 of the protocol)
  'tombstoneCancel', // a cancel before the commit puts a cancelled order
  'versionedRelease', // a release names the version it read
  'retakeFirst', // a late payment takes its units in the gate before the ledger
  'retakeApplies', // and tells the gate of the expiry before it does
  'retakeCounts', // and counts for the customer again, or is refused by the limit
  'reconcile', // nobody is rejected before the gate has been compared with the ledger
  'sameGate', // nor by a gate that has failed over since
  'halfVersion', // one claim is a part of an image: it does not stand for the whole
] as const;

export const LANE_RULES = [
  'removeUnstored', // L3: an entry is removed only while it gathers, in the attempt that was asked
  'removeFirst', // L3: the entry is removed before the units go back
  'storeOwnAttempt', // L4: units are stored only in the attempt they were taken for
  'fence', // L2, L5: a lane gives, keeps and takes back by attempt
  'keepStored', // L5: the loser of two gatherers keeps what the winner stored
  'backUnsent', // L5: nothing goes back of an order the desk knows as committed or does not know for it is not ready
  'limitFirst', // L1: what gathers counts for the customer's limit
  'orphans', // L8: the sweep gives back what no desk asks for
  'gathering', // L8: the sweep removes entries whose gatherer died
  'sweepDesk', // L9: the sweep compares the desk too
  'rebuildAll', // L10: a lane that was lost is made again with all the others, not alone
  'retakeEach', // L7: a late payment takes its units again in every lane they are of
  'applyLanes', // L6: an image goes to the lanes of its units
] as const;

export type Rule = (typeof ORDER_RULES)[number] | (typeof LANE_RULES)[number];
export type Rules = Readonly<Record<Rule, boolean>>;

/** Every rule on, but those named. */
export const rulesWithout = (...off: readonly Rule[]): Rules =>
  Object.fromEntries([...ORDER_RULES, ...LANE_RULES].map((rule) => [rule, !off.includes(rule)])) as Record<Rule, boolean>;
