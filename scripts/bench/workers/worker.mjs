/**
 * A contender. `POST /prepare` brings the tokens; `POST /run` verifies so often in one request, for the clock of a Worker stands
 * still while it computes. Of the tokens it takes only the first so many: few are remembered, and many are not.
 */
export function serve(prepare) {
  let judge;
  let tokens;
  let next = 0;

  async function run({ times, among }) {
    let good = 0;
    for (let count = 0; count < times; count += 1) {
      next = (next + 1) % among;
      if (await judge(tokens[next])) good += 1;
    }
    return String(good);
  }

  async function fetch(request) {
    const task = await request.json();
    if (new URL(request.url).pathname === "/run") return new Response(await run(task));
    judge = prepare(task);
    tokens = task.tokens;
    return new Response("ready");
  }

  return { fetch };
}
