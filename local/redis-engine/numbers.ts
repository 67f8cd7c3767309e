import { CommandError } from './reply.ts';

/**
 * An integer argument, as strict as Redis: no spaces, no plus, no leading zero. Beyond ±(2^53 − 1) it is out of range
 * here; in Redis beyond 64 bits.
 */
export function integerOf(text: string, refusal = 'ERR value is not an integer or out of range'): number {
  const value = /^(?:0|-?[1-9]\d{0,15})$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new CommandError(refusal);
  return value;
}

/** A floating point argument: a score, or the end of a range of them. */
export function floatOf(text: string, refusal = 'ERR value is not a valid float'): number {
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (infinite) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) throw new CommandError(refusal);
  return Number(text);
}

/** A number as C's `%.17g` prints it: how Redis writes scores, and numbers that a script hands to a command. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e17) return Object.is(value, -0) ? '-0' : String(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf';
  const sign = value < 0 ? '-' : '';
  const { digits, exponent } = significantDigits(Math.abs(value));
  if (exponent < -4 || exponent >= 17) {
    const power = `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
    return `${sign}${trimmed(digits.slice(0, 1), digits.slice(1))}e${power}`;
  }
  if (exponent < 0) return `${sign}${trimmed('0', '0'.repeat(-exponent - 1) + digits)}`;
  return `${sign}${trimmed(digits.slice(0, exponent + 1), digits.slice(exponent + 1))}`;
}

/** The 17 digits nearest to a number, and its power of ten. Of two equally near ones C takes the even one, JavaScript the larger. */
function significantDigits(value: number): { readonly digits: string; readonly exponent: number } {
  // oxlint-disable-next-line oxc/number-arg-out-of-range -- up to 100 since ECMAScript 2018
  const [exact = '', exponent = ''] = value.toExponential(60).replace('.', '').split('e');
  const isTie = /^50*$/.test(exact.slice(17)) && Number(exact.charAt(16)) % 2 === 0;
  if (isTie) return { digits: exact.slice(0, 17), exponent: Number(exponent) };
  const [nearest = '', power = ''] = value.toExponential(16).replace('.', '').split('e');
  return { digits: nearest, exponent: Number(power) };
}

function trimmed(whole: string, fraction: string): string {
  const significant = fraction.replace(/0+$/, '');
  return significant === '' ? whole : `${whole}.${significant}`;
}
