// A client whose answers come when the test wants them, for the bindings to frameworks.

/** `become(session)` is what a sign-in is; `asked` lists the questions, each with `answer(value)` and `refuse(error)`. */
export function aClient(session) {
  const listeners = new Set();
  const asked = [];
  const asking = (name) => (question, options) =>
    new Promise((answer, refuse) => asked.push({ name, question, options, answer, refuse }));
  return {
    asked,
    listeners,
    sessionCalls: 0,
    async session() {
      this.sessionCalls += 1;
      if (session === undefined) throw new Error("no network");
      return session;
    },
    getSnapshot: () => session,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    has: asking("has"),
    can: asking("can"),
    become(another) {
      session = another;
      for (const listener of listeners) queueMicrotask(() => listener(another));
    },
  };
}
