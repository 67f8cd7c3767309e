import { InMemoryLedger } from '../support/fakes-ledger.ts';
import { orderLedgerConformance } from './order-ledger.suite.ts';

orderLedgerConformance('maps', () => Promise.resolve({ ledger: new InMemoryLedger(), close: () => Promise.resolve() }));
