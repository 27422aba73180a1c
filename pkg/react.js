"use client";

import { Fragment, createContext, createElement, useContext, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { demanded } from "./demanded.js";

const Context = createContext(null);

export function CountersignProvider({ client, session, children }) {
  // What the server has rendered by; from the first answer on, the client knows better.
  const [initial] = useState(session);
  useEffect(() => {
    client.session().catch(() => {}); // not known yet: the client asks again by itself
  }, [client]);
  const value = useMemo(() => ({ client, initial }), [client, initial]);
  return createElement(Context.Provider, { value }, children);
}

export const useClient = () => useProvided().client;

export function useSession() {
  const { client, initial } = useProvided();
  const known = () => {
    const session = client.getSnapshot();
    return session === undefined ? initial : session;
  };
  return useSyncExternalStore(client.subscribe, known, () => initial);
}

export const useHas = (tag) => useAnswer((client) => client.has(tag), tag);

export const useCan = (policy, options) => useAnswer((client) => client.can(policy, options), [policy, options]);

export function Guard({ at, conditions, children, waiting, otherwise, ...demand }) {
  const may = useCan(demanded(demand), conditions ? { at, conditions } : { at });
  return createElement(Fragment, null, may ? children : may === undefined ? waiting : otherwise);
}

/** Asks, and again whenever the question or the session is another one. An error is a no. */
function useAnswer(ask, question) {
  const client = useClient();
  const session = useSession();
  // While a session is renewed the answer stands; that of another account, or to another question, never does.
  const about = session === undefined ? undefined : JSON.stringify([session?.account, question], (_, value) => value ?? null);
  const [known, setKnown] = useState({});
  useEffect(() => {
    if (about === undefined) return undefined;
    let over = false;
    const settle = (answer) => over || setKnown({ client, about, answer });
    ask(client).then(settle, () => settle(false));
    return () => {
      over = true;
    };
  }, [client, session, about]);
  return known.client === client && known.about === about ? known.answer : undefined;
}

function useProvided() {
  const provided = useContext(Context);
  if (!provided) throw new Error("there is no `CountersignProvider` around this component");
  return provided;
}
