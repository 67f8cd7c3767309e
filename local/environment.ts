import type { StageConfig } from '../lib/config/stage-config.ts';
import type { ExistingEngines } from './engines/start-engines.ts';
import type { Isolation } from './functions/function-runner.ts';

/** What the variables ask for; an empty one asks for nothing. */
export interface Environment {
  readonly port: number;
  readonly stage: Stage;
  readonly isolation: Isolation;
  readonly existing: ExistingEngines;
  readonly operatorKey: string | undefined;
  readonly stripeSecret: string | undefined;
}

type Stage = StageConfig['stage'];

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads every variable that can be wrong by itself. Pure: they are passed in.
 * @throws Error naming the first that is wrong, what it is and what it should be.
 */
export function parseEnvironment(variables: Variables): Environment {
  return {
    port: parsePort(variables['PORT']),
    stage: parseStage(variables['PENSTOCK_STAGE']),
    isolation: parseIsolation(variables['PENSTOCK_ISOLATION']),
    existing: {
      // The functions connect to it without TLS.
      redis: parseServer('REDIS_URL', variables, ['redis:'], 'redis://127.0.0.1:6379'),
      dynamodb: parseServer('DYNAMODB_URL', variables, ['http:', 'https:'], 'http://127.0.0.1:8000'),
      sqs: parseServer('SQS_URL', variables, ['http:', 'https:'], 'http://127.0.0.1:4566'),
    },
    operatorKey: parseOperatorKey(variables['PENSTOCK_OPERATOR_KEY']),
    stripeSecret: parseStripeSecret(variables['PENSTOCK_STRIPE_SECRET']),
  };
}

function parsePort(text: string | undefined): number {
  if (text === undefined || text === '') return 3000;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new Error(`PORT should be a number from 0 to 65535, is ${text}`);
}

/** Their names again, because the settings take a quarter of a second to load. */
const stages: Readonly<Record<Stage, true>> = { dev: true, prod: true };
const isStage = (text: string): text is Stage => Object.hasOwn(stages, text);

function parseStage(text: string | undefined): Stage {
  if (text === undefined || text === '') return 'dev';
  if (isStage(text)) return text;
  throw new Error(`PENSTOCK_STAGE should be ${Object.keys(stages).join(' or ')}, is ${text}`);
}

function parseOperatorKey(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (/^psk_[\x21-\x7e]+$/.test(text)) return text;
  throw new Error('PENSTOCK_OPERATOR_KEY should begin with psk_, go on, and have no spaces: it is another');
}

function parseStripeSecret(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (/^whsec_[\x21-\x7e]+$/.test(text)) return text;
  throw new Error('PENSTOCK_STRIPE_SECRET should begin with whsec_, go on, and have no spaces: it is another');
}

function parseIsolation(text: string | undefined): Isolation {
  if (text === undefined || text === '') return 'thread';
  if (text === 'thread' || text === 'process') return text;
  throw new Error(`PENSTOCK_ISOLATION should be thread or process, is ${text}`);
}

/** The URL of a server, as it was given; a path has no meaning there, but for the number of a Redis database. */
function parseServer(name: string, variables: Variables, protocols: readonly string[], example: string): string | undefined {
  const text = variables[name];
  if (text === undefined || text === '') return undefined;
  const url = URL.parse(text);
  const hasPath = url !== null && (url.search !== '' || url.hash !== '' || (url.protocol !== 'redis:' && url.pathname !== '/'));
  if (url === null || !protocols.includes(url.protocol) || url.hostname === '' || hasPath)
    throw new Error(`${name} should be the address of a server, such as ${example}, is ${text}`);
  return text;
}
