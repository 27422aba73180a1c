// Times this project beside what is used for the same elsewhere:
//
//   node scripts/bench/bench.mjs [tokens|argon2|http|tags|all] [rounds]
//
// Ends with 1 if a limit is missed.

import { Fault, endOnSignal, main } from "../run.mjs";
import { setup } from "../setup.mjs";
import { benchArgon2 } from "./argon2.mjs";
import { benchHttp } from "./http.mjs";
import { benchTags } from "./tags.mjs";
import { benchTokens } from "./tokens.mjs";

const benches = {
  tokens: { run: benchTokens, rounds: 30 },
  argon2: { run: benchArgon2, rounds: 100 },
  http: { run: benchHttp, rounds: 7 },
  tags: { run: benchTags, rounds: 60 },
};

async function bench([wanted = "all", count]) {
  if (wanted !== "all" && !benches[wanted]) throw new Fault(`there is no bench \`${wanted}\`: ${Object.keys(benches).join(", ")} or all`);
  if (count !== undefined && !/^[1-9]\d{0,4}$/.test(count)) throw new Fault("the number of rounds must be 1 or more");
  await setup();
  for (const name of wanted === "all" ? Object.keys(benches) : [wanted]) {
    const { run, rounds } = benches[name];
    await run(Number(count ?? rounds));
  }
}

endOnSignal();
await main(() => bench(process.argv.slice(2)));
