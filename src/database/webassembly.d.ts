// The one function of WebAssembly that schema-engine.ts calls: TypeScript knows it only together with the browser's types.
declare namespace WebAssembly {
  type Exports = Record<string, unknown>
  function instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: Exports } }>
}
