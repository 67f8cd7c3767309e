import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { CorruptionError } from '../../domain/kernel/faults.ts';

/** An item as DynamoDB's API has it. */
export type Item = Record<string, AttributeValue>;

/** A string attribute. */
export function text(value: string): AttributeValue {
  return { S: value };
}

/** A number attribute; DynamoDB takes numbers as text. */
export function number(value: number): AttributeValue {
  return { N: String(value) };
}

/** One attribute, or none when there is no value: DynamoDB has no "undefined". */
export function optional<T>(name: string, value: T | undefined, encode: (value: T) => AttributeValue): Item {
  return value === undefined ? {} : { [name]: encode(value) };
}

/** The text stored under the name. Throws CorruptionError when there is none. */
export function readText(item: Item, name: string): string {
  return item[name]?.S ?? missing(name, 'text');
}

/** The number stored under the name. Throws CorruptionError when there is none. */
export function readNumber(item: Item, name: string): number {
  return Number(item[name]?.N ?? missing(name, 'a number'));
}

/** The list stored under the name. Throws CorruptionError when there is none. */
export function readList(item: Item, name: string): AttributeValue[] {
  return item[name]?.L ?? missing(name, 'a list');
}

/** The texts of the list stored under the name. Throws CorruptionError when there is none, or one is no text. */
export function readTexts(item: Item, name: string): string[] {
  return readList(item, name).map((one) => readText({ [name]: one }, name));
}

/** The map stored under the name. Throws CorruptionError when there is none. */
export function readMap(item: Item, name: string): Item {
  return item[name]?.M ?? missing(name, 'a map');
}

/** What `read` finds under the name as a member of that name, or no member at all when nothing is stored. */
export function readOptional<K extends string, T>(
  item: Item,
  name: string,
  member: K,
  read: (item: Item, name: string) => T,
): { [P in K]?: T } {
  return item[name] === undefined ? {} : ({ [member]: read(item, name) } as { [P in K]?: T });
}

// The key of the item is left out on purpose: it can hold a customer's id, and messages reach the logs.
function missing(name: string, wanted: string): never {
  throw new CorruptionError(`stored item: attribute ${name} should be ${wanted}`);
}
