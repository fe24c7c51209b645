// Runs tests under Node's runner, and as a plain page in a browser, where `globalThis.testResults` tells the outcome.

const isNode = typeof process !== 'undefined' && Boolean(process.versions?.node);
const runner = isNode ? await import('node:test') : null;

globalThis.testResults ??= [];

/** Runs a test. */
export function test(name, body) {
  if (runner) return runner.test(name, body);
  try {
    body();
    globalThis.testResults.push({name, error: null});
  } catch (error) {
    globalThis.testResults.push({name, error: String(error)});
  }
  return undefined;
}

/** Writes a value with its members in one order, so that equal ones read alike. */
function shown(value) {
  return JSON.stringify(value, (_, part) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part);
}

function fail(message, actual, expected) {
  throw new Error(`${message}: ${shown(actual)} instead of ${shown(expected)}`);
}

export const assert = {
  ok(value, message = 'is not true') {
    if (!value) fail(message, value, true);
  },
  equal(actual, expected) {
    if (actual !== expected) fail('is not equal', actual, expected);
  },
  notEqual(actual, other) {
    if (actual === other) fail('is equal', actual, other);
  },
  deepEqual(actual, expected) {
    if (shown(actual) !== shown(expected)) fail('is not equal', actual, expected);
  },
};
