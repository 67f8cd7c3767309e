/** What the SDK wants before it signs; the engines take any. */
export const testRegion = 'eu-west-1';
export const testCredentials = { accessKeyId: 'test', secretAccessKey: 'test' };
