// What the blocks of the pages speak of without saying where it comes from. A block that declares a name of its own has that one.

import type { Client, ClientOptions, Config, CountersignError as Failure, Identity, Policy, Registration, Session } from "countersign";
import type { Guard } from "countersign/edge";

declare global {

  const client: Client;
  const CountersignError: typeof Failure;
  const createClient: (options?: ClientOptions) => Client;
  const config: Config;
  const session: Session;
  const guard: Guard;
  const issuer: string;
  const request: Request;
  const address: string;
  const account: string;
  const email: string;
  const first_name: string;
  const login: string;
  const password: string;
  const old_password: string;
  const new_password: string;
  const details: Registration;
  const token: string;
  const cookie: string;
  const url: string;
  const sid: string;
  const id: string;
  const group: string;
  const identities: Identity[];
  const conditions: { [name: string]: boolean };
  const office: Policy;
  const file: string;
  const render: (value: unknown) => void;
  const show: (value: unknown) => void;
  const readFile: typeof import("node:fs/promises").readFile;
  const writeFile: typeof import("node:fs/promises").writeFile;
  const createServer: typeof import("node:http").createServer;
}
