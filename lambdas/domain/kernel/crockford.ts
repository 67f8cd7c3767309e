const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The first `characters` × 5 bits of a digest in Crockford's base 32 (Crockford, "Base 32"): upper case, no I, L, O, U. */
export function crockford(digest: Uint8Array, characters: number): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of digest) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5 && text.length < characters) {
      bits -= 5;
      text += alphabet.charAt((held >> bits) & 31);
    }
    held &= (1 << bits) - 1;
    if (text.length === characters) break;
  }
  return text;
}
