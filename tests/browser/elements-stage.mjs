// A bare page with elements of the package on it: under the origin of a deployment, with the headers of the sample application.

import { siteHeaders } from "../support/site-headers.mjs";

const PATH = "/elements-test";

const STYLE = `
  :root { color-scheme: light dark; background: light-dark(#f3f4f7, #0e1015); color: light-dark(#15181e, #f1f3f7); font: 1rem/1.5 system-ui, sans-serif; }
  body { margin: 0 auto; max-width: 60rem; padding: 16px; }
  h1 { font-size: 1.25rem; }
`;

const SCRIPT = `
  import { addLanguage, setClient } from "/countersign/elements/index.js";
  import { createClient } from "/countersign/index.js";
  const heard = [];
  for (const name of ["countersign-signed-in", "countersign-signed-out", "countersign-changed", "countersign-view"]) {
    addEventListener(name, (event) => {
      heard.push([name, event.detail ?? null]);
      if (new URL(location.href).searchParams.has("stay")) event.preventDefault();
    });
  }
  Object.assign(globalThis, { heard, addLanguage, setClient, createClient });
`;

/**
 * Shows a page with this body to somebody, as of `stage.person()`. `query` is of its address, `lang` and `dir` of its root. The page's globals are
 * `heard`, the events of elements with their details, `setClient`, `addLanguage` and `createClient`; with `?stay` the default of events is prevented.
 */
export async function mount(page, body, { query = {}, lang = "en", dir = "ltr", script = "", style = "" } = {}) {
  await page.context().unroute(isOfPage);
  await page.context().route(isOfPage, (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname.endsWith(".js")) return route.fulfill({ contentType: "text/javascript", body: SCRIPT + script });
    if (pathname.endsWith(".css")) return route.fulfill({ contentType: "text/css", body: STYLE + style });
    return route.fulfill({ contentType: "text/html; charset=utf-8", headers: siteHeaders, body: document(body, { lang, dir }) });
  });
  await page.goto(addressOf(query));
}

/** The address of that page. */
export const addressOf = (query = {}) => {
  const search = new URLSearchParams(query).toString();
  return search ? `${PATH}?${search}` : PATH;
};

const isOfPage = ({ pathname }) => pathname.startsWith(PATH);

const document = (body, { lang, dir }) => `<!doctype html>
<html lang="${lang}" dir="${dir}">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Elements</title><link rel="stylesheet" href="${PATH}.css"><script type="module" src="${PATH}.js"></script>
<main><h1>A page of the school</h1>${body}</main></html>`;
