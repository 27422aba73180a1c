// The code of the pages compiles, strictly, against the package as it is packed.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { asModule, createProject, vueModule } from "./compiler.mjs";
import { blocksIn } from "./pages.mjs";
import { ELEMENTS, scriptsOf } from "./markup.mjs";

describe("the code of the pages", () => {
  let project;

  before(async () => {
    project = await createProject();
  });
  after(() => project?.remove());

  it("compiles", () => {
    const files = Object.fromEntries([...blocksIn("js", "ts", "jsx", "tsx", "vue").map(asFile), ...blocksIn("html").flatMap(scriptFiles)]);
    assert.ok(Object.keys(files).length > 40, "the pages have code");
    assert.deepEqual(project.compile(files), []);
  });

  it("the elements have the attributes that the pages give them, for TypeScript too", () => {
    const given = ([tag, attributes]) => `<${tag} ${attributes.map((name) => `${name}={at["${tag}"]["${name}"]}`).join(" ")} />`;
    const text = `
      import "countersign/react";
      import type { JSX } from "react";
      declare const at: { [T in "${Object.keys(ELEMENTS).join('" | "')}"]: Required<JSX.IntrinsicElements[T]> };
      export const page = <>${Object.entries(ELEMENTS).map(given).join("")}</>;
    `;
    assert.deepEqual(project.compile({ "attributes.tsx": text }), []);
  });

  it("JSX knows the elements by the types of `countersign/react` alone, as the page for React says", () => {
    const shown = (from) => `import type {} from "${from}";\nexport const page = <countersign-auth next="/lessons" />;`;
    assert.match(project.compile({ "elements.tsx": shown("countersign/elements") }).join(), /countersign-auth/);
    assert.deepEqual(project.compile({ "react.tsx": shown("countersign/react") }), []);
  });

  it("does not compile where it is wrong", () => {
    const wrong = {
      "wrong-1.js.ts": 'import { createClient } from "countersign";\ncreateClient().signIt();',
      "wrong-2.js.ts": "client.has(7);",
      "wrong-3.js.ts": "nobody();",
      "wrong-4.ts": 'import { createGuard } from "countersign/edge";\ncreateGuard({ issuers: "x" });',
      "wrong-5.ts": vueModule('<script setup lang="ts">\nimport { createClient } from "countersign";\nconst client = createClient();\n</script>\n<template>{{ client.hash }}</template>', "wrong-5"),
    };
    const found = project.compile(wrong).map((fault) => fault.split(":")[0]);
    assert.deepEqual([...new Set(found)].sort(), Object.keys(wrong).sort());
  });

  const nameOf = ({ file, line }) => `${file.replaceAll("/", "-")}-${line}`;

  function asFile(block) {
    if (block.language === "vue") return [`${nameOf(block)}.ts`, vueModule(block.text, nameOf(block))];
    const ending = { js: "js.ts", jsx: "js.tsx" }[block.language] ?? block.language;
    return [`${nameOf(block)}.${ending}`, asModule(block.text)];
  }

  function scriptFiles(block) {
    return scriptsOf(block.text).map((text, index) => [`${nameOf(block)}-${index}.js.ts`, asModule(text)]);
  }
});
