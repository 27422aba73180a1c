// As much of a document as React needs to render into outside of a browser: a tree of nodes, and listeners that nobody calls.

const [ELEMENT, TEXT, COMMENT, DOCUMENT] = [1, 3, 8, 9];

class Node {
  constructor(ownerDocument, nodeType, nodeName) {
    Object.assign(this, { ownerDocument, nodeType, nodeName, parentNode: null, childNodes: [], attributes: {}, style: {} });
  }

  namespaceURI = "http://www.w3.org/1999/xhtml";

  addEventListener() {}
  removeEventListener() {}

  setAttribute(name, value) {
    this.attributes[name] = String(value);
  }

  removeAttribute(name) {
    delete this.attributes[name];
  }

  appendChild(child) {
    return this.insertBefore(child, null);
  }

  insertBefore(child, next) {
    child.parentNode?.removeChild(child);
    const index = next ? this.childNodes.indexOf(next) : this.childNodes.length;
    this.childNodes.splice(index, 0, child);
    return Object.assign(child, { parentNode: this });
  }

  removeChild(child) {
    this.childNodes.splice(this.childNodes.indexOf(child), 1);
    return Object.assign(child, { parentNode: null });
  }

  get firstChild() {
    return this.childNodes[0] ?? null;
  }

  get lastChild() {
    return this.childNodes.at(-1) ?? null;
  }

  get nextSibling() {
    return this.parentNode?.childNodes[this.parentNode.childNodes.indexOf(this) + 1] ?? null;
  }

  get textContent() {
    const seen = this.childNodes.filter(({ nodeType }) => nodeType !== COMMENT);
    return this.nodeValue ?? seen.map((child) => child.textContent).join("");
  }

  set textContent(text) {
    this.childNodes = text ? [this.ownerDocument.createTextNode(text)] : [];
  }
}

/** Makes a document. React looks at a window beside it, which has nothing. */
export function openPage() {
  const document = new Node(null, DOCUMENT, "#document");
  const element = (name) => Object.assign(new Node(document, ELEMENT, name.toUpperCase()), { tagName: name.toUpperCase() });
  Object.assign(document, {
    createElement: element,
    createElementNS: (_, name) => element(name),
    createTextNode: (text) => Object.assign(new Node(document, TEXT, "#text"), { nodeValue: text, data: text }),
    createComment: (text) => Object.assign(new Node(document, COMMENT, "#comment"), { nodeValue: text, data: text }),
  });
  document.documentElement = document.appendChild(element("html"));
  document.body = document.documentElement.appendChild(element("body"));
  globalThis.window = { HTMLIFrameElement: class {} };
  return document;
}

/** Puts what `renderToString` has made into an element, so that React can go on from there. */
export function fill(element, html) {
  const open = [element];
  for (const [, comment, close, tag, text] of html.matchAll(/<!--(.*?)-->|<\/(\w+)>|<(\w+)>|([^<]+)/g)) {
    const { ownerDocument } = element;
    if (close) open.pop();
    else if (tag) open.push(open.at(-1).appendChild(ownerDocument.createElement(tag)));
    else if (text) open.at(-1).appendChild(ownerDocument.createTextNode(text));
    else open.at(-1).appendChild(ownerDocument.createComment(comment));
  }
}
