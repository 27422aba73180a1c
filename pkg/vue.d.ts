/**
 * Countersign for Vue 3.3 and later: one plugin, and composables that ask its client. Nothing is asked while a server renders; there
 * `session` of the plugin says who it renders for. Everything ends with the scope that it was called in.
 *
 * Templates that use the elements of `countersign/elements` tell the compiler that these are no components of Vue:
 * `vue({ template: { compilerOptions: { isCustomElement: (tag) => tag.startsWith("countersign-") } } })`.
 */

import type {
  AllowedComponentProps,
  ComponentCustomProps,
  ComputedRef,
  HTMLAttributes,
  MaybeRefOrGetter,
  Plugin,
  ReservedProps,
  ShallowRef,
  VNode,
  VNodeProps,
} from "vue";
import type { ElementEvents, Elements, GuardDemand } from "./elements.js";
import type { Client, Conditions, Policy, PolicyOptions, Session, Tier } from "./index.js";

export interface Provided {
  /** One for the whole page; on a server, one for each request. */
  client: Client;
  /** For whom the server renders, or null; give the page the same one. Shown until the client has asked for itself. */
  session?: Session | null;
}

/** Gives a client to a whole application: `app.use(createCountersign({ client }))`. */
export declare function createCountersign(provided: Provided): Plugin;

/** The same for all components below the one whose `setup` calls it, which is not one of them itself. */
export declare function provideCountersign(provided: Provided): void;

/** The client that is provided. Throws without one, as all composables here do. */
export declare function useClient(): Client;

/** Who is signed in, null if nobody is, and undefined until that is known. Follows the client, so also what other tabs do. */
export declare function useSession(): Readonly<ShallowRef<Session | null | undefined>>;

/**
 * Whether the session's tags cover a question such as `groups:teacher`, judged in the page; undefined until known. It is judged anew
 * whenever the session changes. False on an error. For showing and hiding: what must be kept from people is guarded at the edge.
 */
export declare function useHas(tag: MaybeRefOrGetter<string>): ComputedRef<boolean | undefined>;

/** Whether a policy holds, otherwise as `useHas`; with `at` it is asked at the edge. The policy may be another object each time. */
export declare function useCan(
  policy: MaybeRefOrGetter<Policy>,
  options?: MaybeRefOrGetter<PolicyOptions | undefined>,
): ComputedRef<boolean | undefined>;

export type { GuardDemand } from "./elements.js";

export type GuardProps = GuardDemand & {
  /** Where it is asked. Without it: in the page. */
  at?: Tier | undefined;
  /** For the policy. */
  conditions?: Conditions | undefined;
};

/** Shows its default slot only if the demand holds. For showing and hiding, as `useHas` is. */
export declare const Guard: new () => {
  $props: AllowedComponentProps & ComponentCustomProps & VNodeProps & GuardProps;
  $slots: {
    default?: () => VNode[];
    /** Shown until it is known. */
    waiting?: () => VNode[];
    /** Shown if it does not hold, also if nobody can tell. */
    otherwise?: () => VNode[];
  };
};

/** `sign-in` as `signIn`. */
type Camel<Text extends string> = Text extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : Text;

/** What each element takes. */
type Of<Name extends keyof Elements, Attributes = Elements[Name]["attributes"]> = new () => {
  $props: HTMLAttributes &
    ReservedProps & { client?: Client } & { [Attribute in keyof Attributes as Camel<Attribute & string>]: Attributes[Attribute] } & {
      [Event in Elements[Name]["events"] as `on${Capitalize<Camel<Event>>}`]?: (event: ElementEvents[Event]) => void;
    };
};

declare module "vue" {
  /** The elements of `countersign/elements`. */
  interface GlobalComponents {
    "countersign-auth": Of<"countersign-auth">;
    "countersign-user": Of<"countersign-user">;
    "countersign-account": Of<"countersign-account">;
    "countersign-guard": Of<"countersign-guard">;
  }
}

// Else all that stands above would be exported.
export {};
