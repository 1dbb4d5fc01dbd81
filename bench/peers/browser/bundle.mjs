// SPDX-License-Identifier: EUPL-1.2
// Writes one script for each engine that runs in a page; to be run where node_modules is.
import { build } from 'esbuild';

const ENGINES = { enketo: './browser/enketo.mjs', 'xforms-engine': './xforms_engine/engine.mjs' };
const ONLY_IN_NODE = ['module', 'fs', 'fs/promises', 'path', 'url', 'crypto', 'libxslt', 'node:*'];

for (const [name, file] of Object.entries(ENGINES)) {
  await build({
    entryPoints: ['browser/page.mjs'],
    outfile: `pages/${name}.mjs`,
    alias: { 'the-engine': file, 'enketo/widgets': './browser/no_widgets.mjs' },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['browser'],
    external: ONLY_IN_NODE,
    logLevel: 'warning',
  });
}
