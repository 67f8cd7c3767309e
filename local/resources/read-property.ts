import type { PlacedResource } from '../assembly/template.ts';

/** Reads properties of a resource with checks: a template that CloudFormation would refuse is an error here, naming the resource. */
export interface PropertyReader {
  text(name: string): string;
  optionalText(name: string): string | undefined;
  number(name: string, fallback: number): number;
  /** Lists of objects or texts; absent = empty. */
  list(name: string): readonly unknown[];
  object(name: string): Readonly<Record<string, unknown>>;
}

/** A reader of `properties`, a resource's own or an object in them. */
export function readProperties({ type, logicalId }: PlacedResource, properties: Readonly<Record<string, unknown>>): PropertyReader {
  const wrong = (name: string, wanted: string) =>
    new Error(`${type} ${logicalId}: ${name} should be ${wanted}, is ${JSON.stringify(properties[name])}`);
  return {
    text(name) {
      const value = properties[name];
      if (typeof value !== 'string') throw wrong(name, 'text');
      return value;
    },
    optionalText(name) {
      const value = properties[name];
      if (value !== undefined && typeof value !== 'string') throw wrong(name, 'text');
      return value;
    },
    number(name, fallback) {
      const value = properties[name] ?? fallback;
      const number = typeof value === 'string' ? Number(value) : value;
      if (typeof number !== 'number' || Number.isNaN(number)) throw wrong(name, 'a number');
      return number;
    },
    list(name) {
      const value = properties[name] ?? [];
      if (!Array.isArray(value)) throw wrong(name, 'a list');
      return value as unknown[];
    },
    object(name) {
      const value = properties[name] ?? {};
      if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(name, 'an object');
      return value as Record<string, unknown>;
    },
  };
}
