/** The values of intrinsic functions, as texts that name what they refer to: `${OrdersQueueC538DD4C}`, `${Data:…TablesOrders…Arn…}`. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) throw new Error(`neither text nor intrinsic: ${JSON.stringify(value)}`);
  const [[name, argument] = ['', undefined]] = Object.entries(value);
  switch (name) {
    case 'Ref':
      return `\${${String(argument)}}`;
    case 'Fn::ImportValue':
      return `\${${textOf(argument)}}`;
    case 'Fn::GetAtt':
      return `\${${(argument as string[]).join('.')}}`;
    case 'Fn::Join': {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map(textOf).join(separator);
    }
    default:
      throw new Error(`unknown intrinsic ${name}`);
  }
}

/** A member that may be one value or a list of them. */
export const listOf = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? (value as readonly T[]) : [value as T]);
