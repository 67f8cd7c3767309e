/** The parts of a CloudFormation template that the local runtime reads. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly Condition?: string;
}

interface TemplateOutput {
  readonly Value: unknown;
  readonly Export?: { readonly Name: unknown };
}

/** A CloudFormation template as it was synthesized, its intrinsics not resolved. */
export interface Template {
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, TemplateOutput>>;
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: unknown }>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
}

/** One stack of a cloud assembly. */
export interface Stack {
  readonly name: string;
  readonly template: Template;
  /** Directory or file of each asset, by the hash that the template's S3Key begins with. */
  readonly assets: ReadonlyMap<string, string>;
  /** Path in the construct tree, by logical id. */
  readonly constructPaths: ReadonlyMap<string, string>;
}

/** A resource with its place: the stack it stands in and its logical id there. */
export interface PlacedResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  /** As in the template: intrinsics are not resolved. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Every resource of all stacks, in the order of the assembly, whatever their conditions. */
export function listResources(stacks: readonly Stack[]): PlacedResource[] {
  return stacks.flatMap(({ name, template }) =>
    Object.entries(template.Resources ?? {}).map(([logicalId, { Type, Properties }]) => ({
      stack: name,
      logicalId,
      type: Type,
      properties: Properties ?? {},
    })),
  );
}
