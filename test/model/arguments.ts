import { LANE_RULES, ORDER_RULES, type Rule } from './rules.ts';

/** Ends the process: 0 with the help asked for, 2 where it was used wrongly. Each argument is judged by its name, in their order. */
export function readArguments<Name extends string>(
  help: string,
  judges: Readonly<Record<Name, (text: string) => boolean>>,
): Partial<Record<Name, string>> {
  const given = process.argv.slice(2);
  const names = Object.keys(judges) as Name[];
  if (given.includes('--help')) {
    process.stdout.write(help);
    process.exit(0);
  }
  const wrong = given
    .map((text, at) => ({ text, name: names[at] }))
    .find(({ text, name }) => name === undefined || (text !== '' && !judges[name](text)));
  if (wrong) {
    process.stderr.write(`${wrong.name === undefined ? 'one argument too many' : wrong.name}: ${wrong.text}\n\n${help}`);
    process.exit(2);
  }
  return Object.fromEntries(names.flatMap((name, at) => (given[at] ? [[name, given[at]]] : []))) as Partial<Record<Name, string>>;
}

export const isSeconds = (text: string): boolean => Number(text) > 0;
export const isWhole = (text: string): boolean => /^[1-9]\d{0,14}$/.test(text);
export const areRules = (text: string): boolean => text.split(',').every(isRule);
export const rulesOf = (text: string): Rule[] => text.split(',').filter(isRule);

const isRule = (text: string): text is Rule => [...ORDER_RULES, ...LANE_RULES].some((rule) => rule === text);
