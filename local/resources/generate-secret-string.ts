import { randomInt } from 'node:crypto';

/** `GenerateSecretString` of a secret in a template. */
export interface SecretGeneration {
  /** 1 to 4096; 32 if absent. */
  readonly PasswordLength?: number;
  readonly ExcludeCharacters?: string;
  readonly ExcludeLowercase?: boolean;
  readonly ExcludeUppercase?: boolean;
  readonly ExcludeNumbers?: boolean;
  readonly ExcludePunctuation?: boolean;
  readonly IncludeSpace?: boolean;
  readonly RequireEachIncludedType?: boolean;
  readonly SecretStringTemplate?: string;
  readonly GenerateStringKey?: string;
}

const classes = [
  ['ExcludeLowercase', 'abcdefghijklmnopqrstuvwxyz'],
  ['ExcludeUppercase', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'],
  ['ExcludeNumbers', '0123456789'],
  ['ExcludePunctuation', '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'],
] as const;

const pick = (characters: string): string => characters.charAt(randomInt(characters.length));

function shuffle(characters: string[]): string {
  for (let last = characters.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other] ?? '', characters[last] ?? ''];
  }
  return characters.join('');
}

/**
 * A random secret string as Secrets Manager makes it: at least one character of each included type unless
 * told otherwise, and in a JSON template under its key.
 * @throws Error when the exclusions leave no character.
 */
export function generateSecretString(generation: SecretGeneration): string {
  const excluded = generation.ExcludeCharacters ?? '';
  const included = [
    ...classes.filter(([flag]) => generation[flag] !== true).map(([, characters]) => characters),
    ...(generation.IncludeSpace === true ? [' '] : []),
  ]
    .map((characters) =>
      characters
        .split('')
        .filter((character) => !excluded.includes(character))
        .join(''),
    )
    .filter((characters) => characters !== '');
  if (included.length === 0) throw new Error('GenerateSecretString excludes every character');
  const length = generation.PasswordLength ?? 32;
  const required = generation.RequireEachIncludedType === false ? [] : included.slice(0, length).map(pick);
  const all = included.join('');
  const password = shuffle([...required, ...Array.from({ length: length - required.length }, () => pick(all))]);
  const { SecretStringTemplate, GenerateStringKey } = generation;
  if (SecretStringTemplate === undefined || GenerateStringKey === undefined) return password;
  return JSON.stringify({ ...(JSON.parse(SecretStringTemplate) as object), [GenerateStringKey]: password });
}
