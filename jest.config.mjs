/** Projects are the kinds of tests; `npm test -- --selectProjects unit` runs one. */
const project = (name, extra = {}) => ({
  displayName: name,
  testEnvironment: 'node',
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  extensionsToTreatAsEsm: ['.ts', '.lua'],
  moduleFileExtensions: ['ts', 'mjs', 'cjs', 'js', 'json', 'lua', 'node'],
  transform: { '^.+\\.ts$': '<rootDir>/test/support/strip-types.mjs', '^.+\\.lua$': '<rootDir>/test/support/lua-text.mjs' },
  ...extra,
});

export default {
  maxWorkers: 2,
  watchman: false,
  coverageProvider: 'v8',
  projects: ['unit', 'synth', 'lua', 'conformance', 'simulation', 'e2e'].map((name) => project(name)),
};
