import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface CommandLine {
  readonly help: boolean;
  readonly explain: boolean;
  readonly logs: boolean;
  readonly seed: boolean;
}

/** The answer to --help. */
export const usage = `npm start -- [options]

Brings up what the templates declare on this machine, at one port of 127.0.0.1.

  --explain   list every resource and what stands in for it, then end
  --logs      print every log line of the functions (errors are always printed)
  --no-seed   without the demonstration sale
  --help      this

Environment:
  PORT                    port of the entrance (3000)
  PENSTOCK_STAGE          kind of stage: dev or prod (dev)
  PENSTOCK_OPERATOR_KEY   operator key, beginning with psk_ (psk_local)
  PENSTOCK_STRIPE_SECRET  signing secret of Stripe's webhook events, beginning with whsec_ (whsec_local)
  PENSTOCK_DATA_DIR       keeps tables, Redis and secrets over restarts; queues and the embedded Redis are not kept
  PENSTOCK_ISOLATION      thread: a thread for each function; process: a process for each environment (thread)
  REDIS_URL               a Redis to use; else redis-server or valkey-server is started, or what is embedded here
  DYNAMODB_URL, SQS_URL   engines to use, each instead of one of our own; whoever shares them needs the same secrets.json in PENSTOCK_DATA_DIR
`;

/** @throws TypeError for an option there is not. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      explain: { type: 'boolean', default: false },
      logs: { type: 'boolean', default: false },
      'no-seed': { type: 'boolean', default: false },
    },
  });
  return { help: values.help, explain: values.explain, logs: values.logs, seed: !values['no-seed'] };
}
