export const handler = (): Promise<unknown> => Promise.resolve({ statusCode: 501 });
