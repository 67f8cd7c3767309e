import { createHash } from 'node:crypto';
import { stripTypeScriptTypes } from 'node:module';

/** Jest transform: Node's own type stripping, as `node file.ts` does it. */
export default {
  getCacheKey: (source, file, { configString }) =>
    createHash('sha1')
      .update(process.version)
      .update(file)
      .update(source)
      .update(configString ?? '')
      .digest('hex'),
  process: (source) => ({ code: stripTypeScriptTypes(source, { mode: 'strip' }) }),
};
