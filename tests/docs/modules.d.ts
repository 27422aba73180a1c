// The modules that a Worker of one's own imports besides the package: the platform's, and the built deployment.

declare module "cloudflare:workers" {
  export const env: unknown;
  export const exports: { default: { fetch(url: string, init?: RequestInit): Promise<Response> } };
}

declare module "*/build/worker/index.js" {
  export default class {
    env: { COUNTERSIGN: { origin: string } };
    fetch(request: Request): Promise<Response>;
  }
  export class Account {}
  export class Directory {}
  export class Keyring {}
  export class Replay {}
}
