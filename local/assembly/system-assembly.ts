import { IntrinsicResolver, type ResourceValues } from './resolve-intrinsics.ts';
import { listResources, type PlacedResource, type Stack, type TemplateResource } from './template.ts';

/** A resource with its properties resolved to plain data. */
export interface ResolvedResource extends PlacedResource {
  /** What `Ref` gives: the physical id. */
  readonly ref: string;
}

/** The assembly as the readers of resources see it: resources by type, resolved. */
export interface SystemAssembly {
  readonly stacks: readonly Stack[];
  /** Resources of one type that are made in this run. */
  ofType(type: string): ResolvedResource[];
  /** Ref and attributes of one resource. */
  values(resource: PlacedResource): ResourceValues;
}

/** What the assembly needs of the outside: see ResolverWorld. `describe` gets the resource with resolved properties. */
export interface AssemblyWorld {
  readonly region: string;
  readonly accountId: string;
  readonly describe: (resource: PlacedResource) => ResourceValues;
  readonly parameters: Readonly<Record<string, string>>;
  readonly dynamicReference: (service: string, reference: string) => string;
}

/** Joins stacks and the outside world to an assembly whose resources can be asked for. */
export function resolveAssembly(stacks: readonly Stack[], world: AssemblyWorld): SystemAssembly {
  const place = (stack: string, logicalId: string, { Type, Properties }: TemplateResource): PlacedResource => ({
    stack,
    logicalId,
    type: Type,
    properties: Properties ?? {},
  });
  const resolver: IntrinsicResolver = new IntrinsicResolver(stacks, {
    region: world.region,
    accountId: world.accountId,
    parameters: world.parameters,
    dynamicReference: world.dynamicReference,
    describe: (stack, logicalId, resource) => world.describe(place(stack, logicalId, resource)),
  });
  const present = new Map(stacks.map(({ name, template }) => [name, template.Resources ?? {}]));
  const isPresent = ({ stack, logicalId }: PlacedResource) => {
    const resource = present.get(stack)?.[logicalId];
    return resource !== undefined && resolver.isPresent(stack, resource);
  };
  const values = ({ stack, logicalId }: PlacedResource) => resolver.values(stack, logicalId);
  return {
    stacks,
    values,
    ofType: (type) =>
      listResources(stacks)
        .filter((resource) => resource.type === type && isPresent(resource))
        .map((resource) => ({
          ...resource,
          properties: resolver.resolve(resource.stack, resource.properties) as Record<string, unknown>,
          ref: values(resource).ref,
        })),
  };
}
