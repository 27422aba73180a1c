// Packages of Python that tests are compared with, each in its version. They lie in the cache, not in the repository.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { cache } from "./paths.mjs";
import { run, step } from "./run.mjs";

/** Resolves with the folder of a package, for PYTHONPATH; installs it if it is not there. */
export async function ensurePython(name, version) {
  const folder = join(cache, "python", `${name}-${version}`);
  if (!existsSync(join(folder, name))) await step(`install ${name} ${version} by pip`, () => install(`${name}==${version}`, folder));
  return folder;
}

const install = (wanted, folder) =>
  run("python3", ["-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check", "--target", folder, wanted]);
