import * as fc from 'fast-check';
import { lineOf, saleBody } from '../support/api.ts';

/** Text of so many characters. */
export const long = (length: number) => 'x'.repeat(length);

/** Text that has broken software before. */
export const nastyText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\0',
    'a\0b',
    '\u{FFFE}',
    '\u{1F600}',
    '\u202E\u0000',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '../../etc/passwd',
    "' OR 1=1 --",
    '<script>alert(1)</script>',
    '${jndi:ldap://127.0.0.1/a}',
    '{{7*7}}',
    'NaN',
    '1e400',
    '-0',
    '0x10',
    'null',
    'ord_',
    `ord_${'0'.repeat(26)}`,
    `ord_${'Z'.repeat(26)}`,
    'sale:1}{other',
    '*',
    '{fuzz}',
    long(64),
    long(300),
    long(5000),
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 300 }),
);

const nastyNumber = fc.constantFrom(
  '1e400',
  '-1e400',
  '1e-400',
  '9007199254740993',
  '-0',
  '1.0000000000000001',
  '2147483648',
  '18446744073709551616',
  '0.1',
  '-1',
  long(20).replaceAll('x', '9'),
  long(1000).replaceAll('x', '9'),
);

/** JSON text of one value, well-formed but unreasonable. */
const nastyValue: fc.Arbitrary<string> = fc.oneof(
  nastyNumber,
  nastyText.map((text) => JSON.stringify(text)),
  fc.constantFrom(
    '"\\ud800"',
    '"\\udfff\\ud800"',
    '"\\u0000"',
    'null',
    'true',
    '[]',
    '{}',
    '[[]]',
    '{"__proto__":{"state":"held"}}',
    '{"toJSON":1}',
    '{"length":1e9}',
  ),
  fc.integer({ min: 100, max: 8000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
  fc.integer({ min: 100, max: 5000 }).map((depth) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)),
  fc.integer({ min: 100, max: 8000 }).map((length) => `[${Array.from({ length }, () => '1').join(',')}]`),
  fc.integer({ min: 100, max: 4000 }).map((length) => `{${Array.from({ length }, (_, index) => `"k${index}":""`).join(',')}}`),
  fc.json({ maxDepth: 4 }),
);

/** Bodies that operations take, to be spoilt, by the end of the path; others get any of them. */
const goodBodies: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  '/orders': [
    { ...lineOf('fuzzer'), reference: 'r', metadata: { a: 'b' } },
    lineOf('fuzzer', 1, 'rare'),
    { lines: lineOf('', 2)['lines'] },
  ],
  '/admin/sales/{saleId}': [saleBody(), { ...saleBody(), waitingRoom: { enabled: false }, lanes: 1 }],
  '/open': [{}],
  '/close': [{}],
  '/guests': [{}],
};

function goodBodiesOf(path: string): readonly Readonly<Record<string, unknown>>[] {
  const known = Object.entries(goodBodies).find(([end]) => path.endsWith(end));
  return known?.[1] ?? Object.values(goodBodies).flat();
}

/** A value as JSON, with other JSON in place of one of the nodes that qualify, the whole among them. */
function withNode(whole: unknown, at: number, qualifies: (node: unknown) => boolean, json: string): string {
  const marker = '"\\u0000node"';
  let count = 0;
  JSON.stringify(whole, (_, node: unknown) => {
    if (qualifies(node)) count += 1;
    return node;
  });
  let left = at % Math.max(count, 1);
  const marked = JSON.stringify(whole, (_, node: unknown) => (qualifies(node) && left-- === 0 ? '\0node' : node));
  return marked.replace(marker, () => json);
}

/**
 * A good body with one fault, or with none, for what comes with it to get deep: another text in place of one, which is often good as well; any other value at any depth;
 * a member more; one twice; one that means the prototype.
 */
function spoiltBody(path: string): fc.Arbitrary<string> {
  const way = fc.constantFrom('text', 'text', 'value', 'value', 'member', 'twice', 'prototype', 'nothing');
  return fc.tuple(fc.constantFrom(...goodBodiesOf(path)), fc.nat(), nastyValue, nastyText, way).map(([good, at, value, other, how]) => {
    const text = JSON.stringify(good);
    const begin = (members: string) => text.replace('{', () => `{${members}${text === '{}' ? '' : ','}`);
    switch (how) {
      case 'text':
        return withNode(good, at, (node) => typeof node === 'string', JSON.stringify(other));
      case 'value':
        return withNode(good, at, () => true, value);
      case 'member':
        return begin(`${JSON.stringify(other)}:${value}`);
      case 'twice':
        return begin(`"lines":${value},"customerId":${value}`);
      case 'prototype':
        return begin(`"__proto__":${value},"constructor":{"prototype":${value}}`);
      case 'nothing':
        return text;
    }
  });
}

/** Bytes of a body for the operation at a path: spoilt, unreasonable, cut off, too long, in another encoding, or none. */
export function hostileBody(path: string): fc.Arbitrary<Buffer> {
  const spoilt = spoiltBody(path);
  const latin = '{"lines":[{"sku":"\u00fcnit","quantity":1}]}';
  return fc.oneof(
    { weight: 12, arbitrary: spoilt.map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: nastyValue.map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
    // Half a JSON, half a UTF-8 sequence.
    { weight: 1, arbitrary: fc.tuple(spoilt, fc.nat()).map(([text, at]) => Buffer.from(text).subarray(0, at % (text.length + 1))) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(65_536, 65_537, 200_000, 1_048_577).map((size) => Buffer.from(`{"lines":"${long(size - 12)}"}`)),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        Buffer.from(latin, 'latin1'),
        Buffer.from(latin, 'utf16le'),
        Buffer.from(`\u{FEFF}${latin}`),
        Buffer.alloc(0),
      ),
    },
  );
}
