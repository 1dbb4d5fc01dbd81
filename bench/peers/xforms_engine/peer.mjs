// SPDX-License-Identifier: EUPL-1.2
// ODK Web Forms' engine in node: one request a line on stdin, one answer a line on stdout: see ../README.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { converse } from '../converse.mjs';
import { run } from '../workload.mjs';
import './dom.mjs'; // before the engine
import { Engine } from './engine.mjs';
import { trace } from './trace.mjs';

const read = (file) => readFileSync(file, 'utf8');

await converse({ engine: 'xforms-engine', node: process.version }, {
  async run([form, ops, out, limit], result) {
    const sent = await run(Engine.load, read(form), read(ops), Number(limit), result);
    if (out && sent !== null) writeFileSync(out, sent);
  },
  async trace([request], result) { await trace(request, result); },
});
process.exit(0);
