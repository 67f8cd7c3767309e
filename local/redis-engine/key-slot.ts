import { localLimits } from '../local-limits.ts';

/** CRC-16/XMODEM of each byte. */
const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021;
  return crc;
});

/** The slot of a key in a Redis cluster: of its hash tag, the text in its first braces, where it has one. */
export function keySlot(key: string): number {
  const open = key.indexOf('{');
  const close = open < 0 ? -1 : key.indexOf('}', open + 1);
  const hashed = close > open + 1 ? key.slice(open + 1, close) : key;
  let crc = 0;
  for (let at = 0; at < hashed.length; at += 1) crc = ((crc << 8) & 0xffff) ^ (table[(crc >> 8) ^ hashed.charCodeAt(at)] ?? 0);
  return crc % localLimits.redisSlots;
}
