/** Callers that come while the task runs for the same key share its outcome; the next one after that starts it again. */
export function shared(task) {
  const running = new Map();
  const run = (key) => {
    if (!running.has(key)) running.set(key, task(key).finally(() => running.delete(key)));
    return running.get(key);
  };
  /** Resolves when nothing is under way. */
  run.settled = async () => void (await Promise.allSettled(running.values()));
  return run;
}

/** Runs the task at most once with success. A failure is not kept: the next caller tries again. */
export function once(task) {
  let outcome;
  return () =>
    (outcome ??= task().catch((error) => {
      outcome = undefined;
      throw error;
    }));
}
