const cache = new Map<string, RegExp>();
const cacheEntries = 5000;

/** A pattern in which `*` stands for any text, `/` included, and `?` for any one character; `\*` and `\?` for themselves. */
export function compilePattern(pattern: string, flags = ''): RegExp {
  const source = pattern.replace(/\\([*?\\])|([*?])|([\\^$.+()[\]{}|/-])/g, (_, escaped?: string, wildcard?: string, special?: string) => {
    if (escaped !== undefined) return `\\${escaped}`;
    if (wildcard !== undefined) return wildcard === '*' ? '[^]*' : '[^]';
    return `\\${special}`;
  });
  return new RegExp(`^${source}$`, flags);
}

/** Whether `text` matches `pattern` (see compilePattern). Compiled patterns are kept. */
export function matchesPattern(pattern: string, text: string, ignoreCase = false): boolean {
  const key = `${ignoreCase ? 'i' : 's'}${pattern}`;
  let compiled = cache.get(key);
  if (compiled === undefined) {
    if (cache.size >= cacheEntries) cache.clear();
    compiled = compilePattern(pattern, ignoreCase ? 'i' : '');
    cache.set(key, compiled);
  }
  return compiled.test(text);
}
