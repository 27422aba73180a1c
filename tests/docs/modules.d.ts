// What runtimes bring besides the package: globals of Deno and Bun, the modules of workerd, and the built deployment.

declare const Deno: { serve(options: { port: number }, handler: (request: Request) => Promise<Response>): unknown };

declare const Bun: { serve(options: { port: number; fetch(request: Request): Promise<Response> }): unknown };

declare module "cloudflare:workers" {
  export const env: unknown;
  export const exports: { default: { fetch(url: string, init?: RequestInit): Promise<Response> } };
}

// Other files of the same page, each compiled by itself.
declare module "*/App.vue" {
  const App: import("vue").Component;
  export default App;
}

declare module "*/App.tsx" {
  export const App: () => import("react").ReactElement;
}

declare module "*/build/worker/index.js" {
  export default class {
    env: { COUNTERSIGN: string | { origin: string } };
    fetch(request: Request): Promise<Response>;
  }
  export class Account {}
  export class Directory {}
  export class Keyring {}
  export class Replay {}
}
