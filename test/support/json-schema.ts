import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

/** The JSON Schema of a document (OpenAPI 3.1: draft 2020-12) as a validator that is not ours reads it. */
export class SchemaChecker {
  // allErrors: a test tells all that is wrong at once. strict: what the validator does not know is an error.
  readonly #ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false });
  readonly #validators = new Map<object, ValidateFunction>();
  readonly #components: object;

  /** @param components What `$ref: "#/components/…"` names. */
  constructor(components: object = {}) {
    this.#components = components;
    this.#ajv.addVocabulary(['components']);
  }

  /** What is wrong with a value, one line each; empty when nothing is. Throws Error for a schema that is none. */
  faults(schema: object, value: unknown): string[] {
    let validate = this.#validators.get(schema);
    if (!validate) {
      validate = this.#ajv.compile({ ...schema, components: this.#components });
      this.#validators.set(schema, validate);
    }
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath || '/'} ${message ?? 'is wrong'} ${JSON.stringify(params)}`,
    );
  }
}
