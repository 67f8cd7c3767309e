import * as z from 'zod/mini';
import { limits } from '../contracts/limits.ts';
import { RefusedError } from './api.ts';

/** One thing that is wrong in a request, and where. */
export interface FieldError {
  /** JSON Pointer into the body, or `#header/…`, `#query/…`, `#path/…`. */
  readonly pointer: string;
  readonly message: string;
}

/** The body by its schema. Throws RefusedError (invalid-request) listing the faults, limits.validationErrors at most. */
export function parseBody<S extends z.ZodMiniType>(schema: S, body: unknown): z.infer<S> {
  const result = z.safeParse(schema, body);
  if (result.success) return result.data;
  throw invalid(result.error.issues.flatMap((issue) => describe(issue, body)));
}

/** One value outside the body by its schema. `place` is `header`, `query` or `path`. */
export function parseValue<S extends z.ZodMiniType>(
  schema: S,
  place: 'header' | 'query' | 'path',
  name: string,
  value: unknown,
): z.infer<S> {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  throw invalid(
    result.error.issues.flatMap((issue) => describe(issue, value)).map(({ message }) => ({ pointer: `#${place}/${name}`, message })),
  );
}

/** The refusal (invalid-request) for these faults: all are counted, limits.validationErrors are listed. */
export function invalid(errors: readonly FieldError[]): RefusedError {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return new RefusedError({
    problem: 'invalid-request',
    detail: first ? `${first.pointer === '' ? 'the body' : first.pointer}: ${first.message}${more}` : 'the request is not valid',
    members: { errors: errors.slice(0, limits.validationErrors) },
  });
}

function describe(issue: z.core.$ZodIssue, whole: unknown): FieldError[] {
  const pointer = issue.path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      message: 'unknown member',
    }));
  }
  return [{ pointer, message: isMissing(issue, whole) ? 'missing' : messageOf(issue) }];
}

function isMissing({ code, path }: z.core.$ZodIssue, whole: unknown): boolean {
  if (code !== 'invalid_type' && code !== 'invalid_value') return false;
  let value = whole;
  for (const part of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[part];
  return value === undefined;
}

/** Short English of our own: a locale of the schema library would add to every bundle. */
function messageOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected === 'int' ? 'a whole number' : issue.expected}`;
    case 'too_small':
      return `too small: at least ${String(issue.minimum)}${unitOf(issue.origin)}`;
    case 'too_big':
      return `too big: at most ${String(issue.maximum)}${unitOf(issue.origin)}`;
    case 'invalid_format':
      return issue.pattern ? `must match ${issue.pattern}` : 'malformed';
    case 'invalid_value':
      return issue.message === 'Invalid input'
        ? `expected one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`
        : issue.message;
    default:
      return issue.message;
  }
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' entries' : '';
}
