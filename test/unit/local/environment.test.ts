import { describe, expect, test } from '@jest/globals';
import { parseEnvironment } from '../../../local/environment.ts';

describe('the variables of npm start', () => {
  const nothing = {
    port: 3000,
    stage: 'dev',
    isolation: 'thread',
    existing: { redis: undefined, dynamodb: undefined, sqs: undefined },
    operatorKey: undefined,
    stripeSecret: undefined,
  };

  test('need not be there, and may be empty', () => {
    expect(parseEnvironment({})).toEqual(nothing);
    const secrets = ['PENSTOCK_OPERATOR_KEY', 'PENSTOCK_STRIPE_SECRET'];
    const names = ['PORT', 'PENSTOCK_STAGE', 'PENSTOCK_ISOLATION', 'REDIS_URL', 'DYNAMODB_URL', 'SQS_URL', ...secrets];
    expect(parseEnvironment(Object.fromEntries(names.map((name) => [name, ''])))).toEqual(nothing);
  });

  test('name the port, the stage, the isolation, the engines to use, the operator key and the secret of Stripe, as they were given', () => {
    const existing = { redis: 'redis://user:word@localhost:1/0', dynamodb: 'http://localhost:2', sqs: 'https://queues.example/' };
    const variables = {
      PORT: '0',
      PENSTOCK_STAGE: 'prod',
      PENSTOCK_ISOLATION: 'process',
      PENSTOCK_OPERATOR_KEY: 'psk_a',
      PENSTOCK_STRIPE_SECRET: 'whsec_a',
      REDIS_URL: existing.redis,
      DYNAMODB_URL: existing.dynamodb,
      SQS_URL: existing.sqs,
    };
    const secrets = { operatorKey: 'psk_a', stripeSecret: 'whsec_a' };
    expect(parseEnvironment(variables)).toEqual({ port: 0, stage: 'prod', isolation: 'process', existing, ...secrets });
  });

  const server = 'should be the address of a server, such as';
  test.each([
    ['PORT', '65536', 'should be a number from 0 to 65535'],
    ['PORT', '-1', 'should be a number from 0 to 65535'],
    ['PORT', ' ', 'should be a number from 0 to 65535'],
    ['PORT', '1e3', 'should be a number from 0 to 65535'],
    ['PORT', '80a', 'should be a number from 0 to 65535'],
    ['PENSTOCK_STAGE', 'test', 'should be dev or prod'],
    ['PENSTOCK_STAGE', 'toString', 'should be dev or prod'],
    ['PENSTOCK_ISOLATION', 'container', 'should be thread or process'],
    ['REDIS_URL', 'foo', `${server} redis://127.0.0.1:6379`],
    ['REDIS_URL', 'localhost:6379', `${server} redis://127.0.0.1:6379`],
    ['REDIS_URL', 'rediss://localhost:6379', `${server} redis://127.0.0.1:6379`],
    ['REDIS_URL', 'redis:', `${server} redis://127.0.0.1:6379`],
    ['REDIS_URL', 'redis://localhost:99999', `${server} redis://127.0.0.1:6379`],
    ['DYNAMODB_URL', 'foo', `${server} http://127.0.0.1:8000`],
    ['DYNAMODB_URL', 'localhost:8000', `${server} http://127.0.0.1:8000`],
    ['DYNAMODB_URL', 'http://localhost:8000/tables', `${server} http://127.0.0.1:8000`],
    ['SQS_URL', 'foo', `${server} http://127.0.0.1:4566`],
    ['SQS_URL', 'redis://127.0.0.1', `${server} http://127.0.0.1:4566`],
    ['SQS_URL', 'http://localhost:4566/?queue=a', `${server} http://127.0.0.1:4566`],
  ])('%s=%s is refused, with what it should be', (name, text, should) => {
    expect(() => parseEnvironment({ [name]: text })).toThrow(`${name} ${should}, is ${text}`);
  });

  test.each(['secret', 'psk_', 'psk_a b', 'psk_ä'])('PENSTOCK_OPERATOR_KEY=%j is refused, and not repeated', (text) => {
    expect(() => parseEnvironment({ PENSTOCK_OPERATOR_KEY: text })).toThrow(
      /^PENSTOCK_OPERATOR_KEY should begin with psk_, go on, and have no spaces: it is another$/,
    );
  });

  test.each([' ', 'sk_test_a', 'whsec_', 'whsec_a b', 'whsec_ä'])('PENSTOCK_STRIPE_SECRET=%j is refused, and not repeated', (text) => {
    expect(() => parseEnvironment({ PENSTOCK_STRIPE_SECRET: text })).toThrow(
      /^PENSTOCK_STRIPE_SECRET should begin with whsec_, go on, and have no spaces: it is another$/,
    );
  });
});
