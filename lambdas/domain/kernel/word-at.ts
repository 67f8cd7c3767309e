/**
 * Four characters of a string of bytes as a whole number of 32 bits, the first the lowest. A digest as such a string lives on the heap; as a
 * Buffer it has memory of its own, which the collector does not see fill up.
 */
export function wordAt(bytes: string, at: number): number {
  const byte = (offset: number) => bytes.charCodeAt(at + offset);
  return (byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24)) >>> 0;
}
