import type { Stack, Template, TemplateResource } from './template.ts';

/** What `Ref` and `Fn::GetAtt` of a resource give. */
export interface ResourceValues {
  readonly ref: string;
  readonly attribute: (name: string) => unknown;
}

/** What a resolver must be told about the world outside the templates. */
export interface ResolverWorld {
  readonly region: string;
  readonly accountId: string;
  /** The values of one resource. Called at most once a resource; may resolve its properties through the resolver. */
  readonly describe: (stack: string, logicalId: string, resource: TemplateResource) => ResourceValues;
  /** Values of parameters without a default. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The value of `{{resolve:service:reference}}`. */
  readonly dynamicReference: (service: string, reference: string) => string;
}

/** Resolves any value of a stack's template to plain data. */
export type Resolve = (stack: string, value: unknown) => unknown;

const absent = Symbol('AWS::NoValue');
const dynamicReferencePattern = /\{\{resolve:([a-z-]+):([^}]+)\}\}/g;

/** The one key of an intrinsic call, or undefined for plain data. */
function intrinsicOf(value: object): string | undefined {
  const keys = Object.keys(value);
  const [key] = keys;
  return keys.length === 1 && key !== undefined && (key === 'Ref' || key === 'Condition' || key.startsWith('Fn::')) ? key : undefined;
}

const asText = (value: unknown, where: string): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`${where}: text expected, got ${JSON.stringify(value)}`);
};
const asList = (value: unknown, where: string): unknown[] => {
  if (Array.isArray(value)) return value as unknown[];
  throw new Error(`${where}: a list expected, got ${JSON.stringify(value)}`);
};

/**
 * CloudFormation's intrinsic functions over all stacks of an assembly, cross-stack imports included. An intrinsic,
 * a resource or a parameter that cannot be resolved is an error that names it and its stack: the local system
 * must not start with a guess.
 */
export class IntrinsicResolver {
  readonly #stacks: ReadonlyMap<string, Template>;
  readonly #world: ResolverWorld;
  readonly #values = new Map<string, ResourceValues>();
  #exports: ReadonlyMap<string, { stack: string; value: unknown }> | undefined;

  constructor(stacks: readonly Stack[], world: ResolverWorld) {
    this.#stacks = new Map(stacks.map(({ name, template }) => [name, template]));
    this.#world = world;
  }

  /** Plain data of `value` as it stands in the template of `stack`; `AWS::NoValue` members and elements vanish. */
  readonly resolve: Resolve = (stack, value) => {
    const resolved = this.#resolve(stack, value);
    return resolved === absent ? undefined : resolved;
  };

  /** Whether a resource is made at all: its condition holds, or it has none. */
  isPresent(stack: string, resource: TemplateResource): boolean {
    return resource.Condition === undefined || this.#condition(stack, resource.Condition);
  }

  #resolve(stack: string, value: unknown): unknown {
    if (typeof value === 'string') return this.#dynamic(value);
    if (Array.isArray(value)) return value.map((element) => this.#resolve(stack, element)).filter((element) => element !== absent);
    if (typeof value !== 'object' || value === null) return value;
    const name = intrinsicOf(value);
    if (name !== undefined) {
      const result = this.#call(stack, name, (value as Record<string, unknown>)[name]);
      return typeof result === 'string' ? this.#dynamic(result) : result;
    }
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, member]) => [key, this.#resolve(stack, member)] as const)
        .filter(([, member]) => member !== absent),
    );
  }

  #dynamic(text: string): string {
    if (!text.includes('{{resolve:')) return text;
    return text.replace(dynamicReferencePattern, (_, service: string, reference: string) =>
      this.#world.dynamicReference(service, reference),
    );
  }

  #call(stack: string, name: string, argument: unknown): unknown {
    const where = `${name} in stack ${stack}`;
    const list = () => asList(this.#resolve(stack, argument), where);
    switch (name) {
      case 'Ref':
        return this.#ref(stack, asText(argument, where));
      case 'Fn::GetAtt':
        return this.#getAtt(stack, argument);
      case 'Fn::Join': {
        const [separator, parts] = list();
        return asList(parts, where)
          .map((part) => asText(part, where))
          .join(asText(separator, where));
      }
      case 'Fn::Sub':
        return this.#sub(stack, argument);
      case 'Fn::Select': {
        const [index, from] = list();
        return asList(from, where)[Number(index)];
      }
      case 'Fn::Split': {
        const [separator, text] = list();
        return asText(text, where).split(asText(separator, where));
      }
      case 'Fn::ImportValue':
        return this.#importValue(asText(this.#resolve(stack, argument), where));
      case 'Fn::If': {
        const [condition, then, otherwise] = asList(argument, where);
        return this.#resolve(stack, this.#condition(stack, asText(condition, where)) ? then : otherwise);
      }
      case 'Fn::FindInMap': {
        const [map, first, second] = list().map((part) => asText(part, where));
        return this.#template(stack).Mappings?.[map ?? '']?.[first ?? '']?.[second ?? ''];
      }
      case 'Fn::GetAZs':
        return ['a', 'b', 'c'].map((zone) => `${this.#world.region}${zone}`);
      case 'Fn::Base64':
        return Buffer.from(asText(this.#resolve(stack, argument), where)).toString('base64');
      default:
        return this.#logical(stack, name, argument);
    }
  }

  #logical(stack: string, name: string, argument: unknown): boolean {
    const operands = () => asList(argument, `${name} in stack ${stack}`).map((operand) => this.#resolve(stack, operand));
    switch (name) {
      case 'Condition':
        return this.#condition(stack, asText(argument, name));
      case 'Fn::Equals': {
        const [left, right] = operands();
        return JSON.stringify(left) === JSON.stringify(right);
      }
      case 'Fn::And':
        return operands().every((operand) => operand === true);
      case 'Fn::Or':
        return operands().includes(true);
      case 'Fn::Not':
        return operands()[0] !== true;
      default:
        throw new Error(`${name} in stack ${stack}: the local runtime does not know this intrinsic (local/assembly/resolve-intrinsics.ts)`);
    }
  }

  #condition(stack: string, name: string): boolean {
    const definition = this.#template(stack).Conditions?.[name];
    if (definition === undefined) throw new Error(`condition ${name} is not defined in stack ${stack}`);
    return this.#resolve(stack, definition) === true;
  }

  #template(stack: string): Template {
    const template = this.#stacks.get(stack);
    if (template === undefined) throw new Error(`no stack ${stack} in the cloud assembly`);
    return template;
  }

  #ref(stack: string, name: string): unknown {
    switch (name) {
      case 'AWS::Region':
        return this.#world.region;
      case 'AWS::AccountId':
        return this.#world.accountId;
      case 'AWS::Partition':
        return 'aws';
      case 'AWS::URLSuffix':
        return 'amazonaws.com';
      case 'AWS::StackName':
        return stack;
      case 'AWS::StackId':
        return `arn:aws:cloudformation:${this.#world.region}:${this.#world.accountId}:stack/${stack}/local`;
      case 'AWS::NoValue':
        return absent;
      default:
        break;
    }
    const parameter = this.#template(stack).Parameters?.[name];
    if (parameter !== undefined) {
      const value = parameter.Default ?? this.#world.parameters[name];
      if (value === undefined) throw new Error(`parameter ${name} of stack ${stack} has no default; give it a value in local/overrides.ts`);
      return value;
    }
    return this.values(stack, name).ref;
  }

  #getAtt(stack: string, argument: unknown): unknown {
    const [logicalId, attribute] = typeof argument === 'string' ? splitOnce(argument) : asList(argument, 'Fn::GetAtt');
    return this.values(stack, asText(logicalId, 'Fn::GetAtt')).attribute(asText(this.#resolve(stack, attribute), 'Fn::GetAtt'));
  }

  /** Ref and attributes of a resource. */
  values(stack: string, logicalId: string): ResourceValues {
    const key = `${stack}/${logicalId}`;
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const resource = this.#template(stack).Resources?.[logicalId];
    if (resource === undefined) throw new Error(`${logicalId} is neither a parameter nor a resource of stack ${stack}`);
    const values = this.#world.describe(stack, logicalId, resource);
    this.#values.set(key, values);
    return values;
  }

  #sub(stack: string, argument: unknown): string {
    const [text, variables] = Array.isArray(argument) ? (argument as [unknown, Record<string, unknown>]) : [argument, {}];
    return asText(text, 'Fn::Sub').replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal === '!') return `\${${name}}`;
      const own = Object.hasOwn(variables, name) ? variables[name] : undefined;
      if (own !== undefined) return asText(this.#resolve(stack, own), 'Fn::Sub');
      const value = name.includes('.') && !name.startsWith('AWS::') ? this.#getAtt(stack, name) : this.#ref(stack, name);
      return asText(value, `Fn::Sub \${${name}}`);
    });
  }

  #importValue(name: string): unknown {
    this.#exports ??= this.#readExports();
    const exported = this.#exports.get(name);
    if (exported === undefined) throw new Error(`no stack of the cloud assembly exports ${name}`);
    return this.#resolve(exported.stack, exported.value);
  }

  #readExports(): ReadonlyMap<string, { stack: string; value: unknown }> {
    const exports = new Map<string, { stack: string; value: unknown }>();
    for (const [stack, { Outputs }] of this.#stacks)
      for (const { Value, Export } of Object.values(Outputs ?? {}))
        if (Export !== undefined) exports.set(asText(this.#resolve(stack, Export.Name), 'Export.Name'), { stack, value: Value });
    return exports;
  }
}

function splitOnce(text: string): [string, string] {
  const dot = text.indexOf('.');
  if (dot < 0) throw new Error(`Fn::GetAtt ${text}: LogicalId.Attribute expected`);
  return [text.slice(0, dot), text.slice(dot + 1)];
}
