/** Callers that come while the task runs share its outcome; the next one after that starts it again. */
export function shared(task) {
  let running;
  const run = () => (running ??= task().finally(() => (running = undefined)));
  /** Resolves when nothing is under way. */
  run.settled = async () => {
    await running?.catch(() => {});
  };
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
