// SPDX-License-Identifier: EUPL-1.2
// One request a line on stdin, one answer a line on stdout: see ../README.md.
import { createInterface } from 'node:readline';
import { trace } from './trace.mjs';
import { run } from './workload.mjs';

const say = (word, what) => process.stdout.write(`${word}\t${JSON.stringify(what)}\n`);
console.log = console.debug = console.info = console.error; // stdout is the conversation

say('READY', { engine: 'xforms-engine', node: process.version });
for await (const line of createInterface({ input: process.stdin })) {
  const [word, ...part] = line.split('\t');
  if (word === 'quit') break;
  const result = {};
  try {
    if (word === 'run') await run(part[0], part[1], part[2], Number(part[3]), result);
    else await trace(part[0], result);
  } catch (error) {
    result.error = String(error?.stack ?? error);
  }
  say('RESULT', result);
}
process.exit(0);
