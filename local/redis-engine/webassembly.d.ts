/** As much of WebAssembly as is used here: Node's types have its names only, and those of the DOM are not for a server. */
declare namespace WebAssembly {
  interface Memory {
    /** Another one after the memory has grown. */
    readonly buffer: ArrayBuffer;
    /** By pages of 64 KiB. Throws when there is no more. */
    grow(pages: number): number;
  }
  interface Table {
    get(index: number): unknown;
  }
  const Module: {
    new (binary: Uint8Array): Module;
    imports(module: Module): { readonly name: string }[];
  };
  const Instance: new (module: Module, imports: Record<string, Record<string, (...args: number[]) => number | void>>) => Instance;
}
