/**
 * Countersign for React 18 and 19: one provider around the application, and hooks that ask its client.
 * Nothing is asked while a server renders; there `session` of the provider says who it renders for.
 */

import type { DetailedHTMLProps, HTMLAttributes, ReactElement, ReactNode } from "react";
import type { ElementEvents, Elements, GuardDemand } from "./elements.js";
import type { Client, Conditions, Policy, PolicyOptions, Session, Tier } from "./index.js";

/** Gives a client to all below, and asks it once who is signed in. */
export declare function CountersignProvider(props: {
  /** One for the whole page; on a server, one for each request. */
  client: Client;
  /** For whom the server renders, or null; give the page the same one. Shown until the client has asked for itself. */
  session?: Session | null;
  children?: ReactNode;
}): ReactElement;

/** The client of the provider. Throws without a provider, as all hooks here do. */
export declare function useClient(): Client;

/** Who is signed in, null if nobody is, and undefined until that is known. Follows the client, so also what other tabs do. */
export declare function useSession(): Session | null | undefined;

/**
 * Whether the session's tags cover a question such as `groups:teacher`, judged in the page; undefined until known. It is judged anew
 * whenever the session changes. False on an error. For showing and hiding: what must be kept from people is guarded at the edge.
 */
export declare function useHas(tag: string): boolean | undefined;

/** Whether a policy holds, otherwise as `useHas`; with `at` it is asked at the edge. The policy may be another object each time. */
export declare function useCan(policy: Policy, options?: PolicyOptions): boolean | undefined;

export type { GuardDemand } from "./elements.js";

export type GuardProps = GuardDemand & {
  /** Where it is asked. Without it: in the page. */
  at?: Tier | undefined;
  /** For the policy. */
  conditions?: Conditions | undefined;
  children?: ReactNode;
  /** Shown until it is known. */
  waiting?: ReactNode;
  /** Shown if it does not hold, also if nobody can tell. */
  otherwise?: ReactNode;
};

/** Shows its children only if the demand holds. For showing and hiding, as `useHas` is. */
export declare function Guard(props: GuardProps): ReactElement;

/** What each element takes. React 18 sets attributes alone: no `client`, no policy that is an object, and none of the events. */
type Of<Name extends keyof Elements, Element = Elements[Name]["element"]> = DetailedHTMLProps<HTMLAttributes<Element>, Element> & {
  client?: Client;
} & Elements[Name]["attributes"] & { [Event in Elements[Name]["events"] as `on${Event}`]?: (event: ElementEvents[Event]) => void };

declare module "react" {
  namespace JSX {
    /** The elements of `countersign/elements`. */
    interface IntrinsicElements {
      "countersign-auth": Of<"countersign-auth">;
      "countersign-user": Of<"countersign-user">;
      "countersign-account": Of<"countersign-account">;
      "countersign-guard": Of<"countersign-guard">;
    }
  }
}

// Else all that stands above would be exported.
export {};
