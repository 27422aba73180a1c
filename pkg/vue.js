import { computed, defineComponent, getCurrentInstance, inject, provide, shallowRef, toValue, watchPostEffect } from "vue";
import { demanded } from "./demanded.js";

const KEY = Symbol("countersign");

export const createCountersign = (provided) => ({ install: (app) => void app.provide(KEY, provided) });

export const provideCountersign = (provided) => provide(KEY, provided);

export const useClient = () => useProvided().client;

export function useSession() {
  const { client, session } = useProvided();
  // On a server a client may be that of many people.
  const known = globalThis.window && client.getSnapshot();
  const current = shallowRef(known === undefined ? session : known);
  const follow = (latest) => latest !== undefined && (current.value = latest);
  inPage((onCleanup) => {
    onCleanup(client.subscribe(follow));
    follow(client.getSnapshot());
    client.session().catch(() => {}); // not known yet: the client asks again by itself
  });
  return current;
}

export const useHas = (tag) => useAnswer((client) => client.has(toValue(tag)), () => toValue(tag));

export const useCan = (policy, options) =>
  useAnswer((client) => client.can(toValue(policy), toValue(options)), () => [toValue(policy), toValue(options)]);

export const Guard = defineComponent({
  name: "Guard",
  props: { tag: String, policy: null, at: String, conditions: Object },
  setup(props, { slots }) {
    const instance = getCurrentInstance();
    const options = ({ at, conditions }) => (conditions ? { at, conditions } : { at });
    const given = () => Object.entries(props).filter(([name]) => name in { ...instance.vnode.props });
    const may = useCan(() => demanded(Object.fromEntries(given())), () => options(props));
    return () => (may.value ? slots.default : may.value === undefined ? slots.waiting : slots.otherwise)?.();
  },
});

/** Asks, and again whenever the question or the session is another one. An error is a no. */
function useAnswer(ask, question) {
  const client = useClient();
  const session = useSession();
  // While a session is renewed the answer stands; that of another account, or to another question, never does.
  const about = computed(() =>
    session.value === undefined ? undefined : JSON.stringify([session.value?.account, question()], (_, value) => value ?? null),
  );
  const known = shallowRef({});
  inPage((onCleanup) => {
    const [key, latest] = [about.value, session.value];
    if (latest === undefined) return;
    let over = false;
    const settle = (answer) => over || (known.value = { about: key, answer });
    onCleanup(() => {
      over = true;
    });
    ask(client).then(settle, () => settle(false));
  });
  return computed(() => (known.value.about === about.value ? known.value.answer : undefined));
}

/** After the first rendering, which must be what the server has made; on a server, where Vue before 3.5 would do it, never. */
const inPage = (effect) => globalThis.window && watchPostEffect(effect);

function useProvided() {
  const provided = inject(KEY, undefined);
  if (!provided) throw new Error("Countersign is not provided: `app.use(createCountersign({ client }))`");
  return provided;
}
