// SPDX-License-Identifier: EUPL-1.2
// What the engine expects of a browser, given by jsdom; imported before the engine.
import { createRequire } from 'node:module';
import { JSDOM } from 'jsdom';

const { window } = new JSDOM('<!doctype html>', { url: 'http://localhost/' });
const wanted = ['document', 'DOMParser', 'XMLSerializer', 'Node', 'Element', 'Document', 'XMLDocument', 'Attr', 'Text', 'CharacterData',
  'CDATASection', 'Comment', 'ProcessingInstruction', 'NamedNodeMap', 'NodeFilter', 'HTMLElement', 'XPathResult', 'XPathEvaluator',
  'XPathExpression', 'FileReader', 'localStorage'];
globalThis.window = window;
for (const name of wanted) globalThis[name] ??= window[name];
// Its WebAssembly loader, seeing node, asks for the names of a CommonJS module.
globalThis.__dirname = import.meta.dirname;
globalThis.require = createRequire(import.meta.url);
