/** Jest transform: a .lua file as a module whose default export is its text, as esbuild's text loader does it. */
export default {
  process: (source) => ({ code: `export default ${JSON.stringify(source)};` }),
};
