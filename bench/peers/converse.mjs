// SPDX-License-Identifier: EUPL-1.2
// One request a line on stdin, one answer a line on stdout, for every peer in JavaScript: see README.md.
import { createInterface } from 'node:readline';

const say = (word, what) => process.stdout.write(`${word}\t${JSON.stringify(what)}\n`);
console.log = console.debug = console.info = console.error; // stdout is the conversation

/** `works` holds what to do for each request: it gets the columns and fills the result. Returns when asked to quit. */
export async function converse(about, works) {
  say('READY', about);
  for await (const line of createInterface({ input: process.stdin })) {
    const [word, ...columns] = line.split('\t');
    if (word === 'quit') return;
    const result = {};
    try {
      await works[word](columns, result);
    } catch (error) {
      result.error = String(error?.stack ?? error);
    }
    say('RESULT', result);
  }
}
