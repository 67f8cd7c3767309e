import { expect, test } from '@jest/globals';
import { type FindingKind, findingKinds } from '../../../lambdas/domain/books/finding.ts';
import { findingKeys } from '../../../lambdas/stores/finding-keys.ts';
import { homeLaneOf } from '../../../lambdas/stores/redis/lanes.ts';
import { heldOrder } from '../../support/builders.ts';

const { orderId } = heldOrder();
const [tag, rest] = [orderId.slice(4, 14), orderId.slice(14)];
const unitKeys = ['claims pk=drop#shirt#1 sk=65', 'redis gate:{drop}:bits:shirt bit 65', 'redis gate:{drop}:own:shirt bytes 1690 to 1715'];

test('a finding about a unit of an order names both, in the ledger and in the gate', () => {
  expect(
    findingKeys({ saleId: 'drop', lanes: 1 }, { kind: 'order-without-claim', invariant: 3, orderId, sku: 'shirt', unit: 65, detail: '' }),
  ).toEqual([`orders pk=${tag} sk=${rest}`, `redis gate:{drop}:ent ${orderId}`, ...unitKeys]);
});

test('in a sale of several lanes: the unit in its lane, by its number there, the order and its customer at home', () => {
  const keys = findingKeys(
    { saleId: 'drop', lanes: 4 },
    { kind: 'order-without-claim', invariant: 3, orderId, sku: 'shirt', unit: 65, detail: '' },
  );
  const home = homeLaneOf(orderId, 4);
  expect(keys).toContain(`redis gate:{drop#${home}/4}:ent ${orderId}`);
  expect(keys).toContain('redis gate:{drop#1/4}:bits:shirt bit 16');
  expect(keys).toContain('redis gate:{drop#1/4}:own:shirt bytes 416 to 441');
  const ofCustomer = findingKeys({ saleId: 'drop', lanes: 4 }, { kind: 'allowance-differs', invariant: 5, customerTag: tag, detail: '' });
  expect(ofCustomer).toContain(`redis gate:{drop#${home}/4}:cust <customer>`);
});

test('a finding about a customer names the partition of their orders, and no customer', () => {
  expect(findingKeys({ saleId: 'drop', lanes: 1 }, { kind: 'allowance-differs', invariant: 5, customerTag: tag, detail: '' })).toEqual([
    `orders pk=${tag}`,
    'orders pk=allow#drop#<customer> sk=allow',
    'redis gate:{drop}:cust <customer>',
  ]);
});

test.each(Object.keys(findingKinds) as FindingKind[])('%s can be looked at somewhere, whatever it names', (kind) => {
  const named = { kind, invariant: findingKinds[kind], detail: '' };
  // What a finding of a kind names at least (domain/books/audit-sale.ts).
  const least: Partial<Record<FindingKind, object>> = {
    'gate-not-ready': {},
    'report-differs': {},
    'books-differ-widely': {},
  };
  const subject = least[kind] ?? (/customer|allowance/.test(kind) ? { customerTag: tag } : { orderId });
  const keys = findingKeys({ saleId: 'drop', lanes: 1 }, { ...named, ...subject });
  expect(keys).not.toEqual([]);
});
