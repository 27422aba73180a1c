// The types of `countersign/react` and `countersign/vue`, as a strict consumer sees them: in TSX, and in TypeScript with Vue.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { after, before, test } from "node:test";
import ts from "typescript";

const REACT = `
import { createClient, policy } from "countersign";
import type { Client, Session } from "countersign";
import { CountersignProvider, Guard, useCan, useClient, useHas, useSession } from "countersign/react";
import type { GuardProps } from "countersign/react";

const client = createClient();

export function App({ session }: { session?: Session | null }) {
  return (
    <CountersignProvider client={client} session={session ?? null}>
      <Page />
      <Guard tag="groups:teacher" waiting={<p>…</p>} otherwise={null}><p>Marks</p>{" "}</Guard>
      <Guard policy={policy.verified()} at="decided" conditions={{ open: true }}>Marks</Guard>
      <Guard policy={{ has_tag: "groups:a" }} tag="groups:b" />
    </CountersignProvider>
  );
}

function Page() {
  const own: Client = useClient();
  const session: Session | null | undefined = useSession();
  const teaches: boolean | undefined = useHas("groups:teacher");
  const may: boolean | undefined = useCan({ not: "verified" }, { at: "replicated", address: "192.0.2.1" });
  if (!session) {
    return <countersign-auth next="/lessons" view="register" required client={own} className="card" ref={(element) => console.log(element?.value)} oncountersign-signed-in={({ detail }) => console.log(detail.account)} />;
  }
  return (
    <countersign-guard policy={policy.signedIn()} at="carried">
      <countersign-user account="/account" sign-in="/sign-in" slot="waiting" />
      <countersign-account sections="profile password" oncountersign-changed={(event) => console.log(event.detail === "email")} />
      {teaches && may && session.account}
    </countersign-guard>
  );
}

export const props: GuardProps = { tag: "groups:a", children: "text" };

// @ts-expect-error: nothing is demanded
<Guard>Marks</Guard>;
// @ts-expect-error: no such tier
<Guard tag="groups:a" at="guessed" />;
// @ts-expect-error: no such policy
<Guard policy={{ hasTag: "groups:a" }} />;
// @ts-expect-error: a provider of what?
<CountersignProvider />;
// @ts-expect-error: no such view
<countersign-auth view="login" />;
<countersign-user oncountersign-error={(event) => console.log(event.detail.message)} oncountersign-signed-out={({ detail }) => console.log(detail === "deleted")} />;
// @ts-expect-error: there is no other reason
<countersign-user oncountersign-signed-out={({ detail }) => console.log(detail === "banned")} />;
// @ts-expect-error: no such element
<countersign-login />;
// @ts-expect-error: it may not be known yet
export const useSure = (): boolean => useHas("groups:a");
`;

const VUE = `
import { createApp, defineComponent, h, ref } from "vue";
import type { ComputedRef, GlobalComponents } from "vue";
import { createClient, policy } from "countersign";
import type { Client, Session } from "countersign";
import { Guard, createCountersign, provideCountersign, useCan, useClient, useHas, useSession } from "countersign/vue";

const client = createClient();
const tag = ref("groups:teacher");
const session: Session | null = null;

const App = defineComponent({
  setup() {
    provideCountersign({ client });
    const own: Client = useClient();
    const current = useSession();
    const teaches: ComputedRef<boolean | undefined> = useHas(tag);
    const also = useHas(() => \`groups:\${tag.value}\`);
    const may = useCan(() => policy.hasTag(tag.value), { at: "decided" });
    const account: string | undefined = current.value?.account;
    // @ts-expect-error: who is signed in is not for a page to say
    current.value = null;
    console.log(own, teaches.value, also.value, may.value, account);
    return () => [
      h(Guard, { tag: "groups:teacher", at: "carried" }, { default: () => "Marks", otherwise: () => "None", waiting: () => "…" }),
      h(Guard, { policy: { or: ["verified", { condition: "open" }] }, conditions: { open: true } }),
    ];
  },
});

createApp(App).use(createCountersign({ client, session })).mount("#app");

type Props<Name extends keyof GlobalComponents> = InstanceType<GlobalComponents[Name]>["$props"];
export const auth: Props<"countersign-auth"> = { next: "/lessons", view: "forgot", onCountersignSignedIn: ({ detail }) => console.log(detail.account) };
export const guard: Props<"countersign-guard"> = { policy: policy.verified(), at: "decided" };
export const user: Props<"countersign-user"> = { signIn: "/sign-in", onCountersignSignedOut: ({ detail }) => console.log(detail === "deleted") };
// @ts-expect-error: it is there or not
export const counted: Props<"countersign-auth"> = { nextFromUrl: 1 };
// @ts-expect-error: no such view
export const misspelt: Props<"countersign-auth"> = { view: "login" };
// @ts-expect-error: nothing is demanded
h(Guard, {});
// @ts-expect-error: no such tier
h(Guard, { tag: "groups:a", at: "guessed" });
// @ts-expect-error: of what client?
createCountersign({});
// @ts-expect-error: a tag is a text
useHas(5);
`;

const { JsxEmit, ModuleKind, ModuleResolutionKind, ScriptTarget } = ts;

// Within the project, where React, Vue and their types are.
const build = fileURLToPath(new URL("../../build", import.meta.url));
let folder;

before(async () => {
  folder = await mkdtemp(join(build, "types-"));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
});

after(() => folder && rm(folder, { recursive: true }));

for (const [how, module, moduleResolution] of [
  ["a bundler", ModuleKind.ESNext, ModuleResolutionKind.Bundler],
  ["Node", ModuleKind.NodeNext, ModuleResolutionKind.NodeNext],
]) {
  for (const [name, file, source] of [
    ["React", "react.tsx", REACT],
    ["Vue", "vue.ts", VUE],
  ]) {
    test(`a strict consumer with ${name} compiles, resolved as ${how} does`, async () => {
      await writeFile(join(folder, file), source);
      const program = ts.createProgram([join(folder, file)], {
        module,
        moduleResolution,
        target: ScriptTarget.ES2022,
        lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
        jsx: JsxEmit.ReactJSX,
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        noEmit: true,
        types: [],
      });
      assert.deepEqual(ts.getPreEmitDiagnostics(program).map(text), []);
    });
  }
}

function text({ file, start = 0, messageText }) {
  const where = file ? `${file.fileName}:${file.getLineAndCharacterOfPosition(start).line + 1}: ` : "";
  return where + ts.flattenDiagnosticMessageText(messageText, "\n");
}
