/** A round number as people say it: `1 K`, `1 M`. */
export function unitsText(count: number): string {
  if (count >= 1_000_000) return `${count / 1_000_000} M`;
  return count >= 1000 ? `${count / 1000} K` : String(count);
}
