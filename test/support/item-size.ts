import type { AttributeValue } from '@aws-sdk/client-dynamodb';

const bytes = (text: string) => Buffer.byteLength(text, 'utf8');

/** Bytes DynamoDB bills an item at (developer guide, "Item sizes and formats"): names and values, 1 KB = 1,024 bytes. */
export function itemBytes(item: Readonly<Record<string, AttributeValue>>): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + bytes(name) + valueBytes(value), 0);
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return bytes(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  if (value.BOOL !== undefined) return 1;
  // Containers: 3 bytes, and 1 a member beside the member itself.
  if (value.L !== undefined) return value.L.reduce((sum, member) => sum + 1 + valueBytes(member), 3);
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + itemBytes(value.M);
  throw new Error(`no size known of ${JSON.stringify(value)}`);
}

/** A byte for two significant digits, one more, and one for a sign; zeros at either end are free. */
function numberBytes(text: string): number {
  const digits = text.replace('-', '').replace('.', '').replace(/^0+/, '').replace(/0+$/, '');
  return Math.ceil(digits.length / 2) + 1 + (text.startsWith('-') ? 1 : 0);
}
