// Classic scripts that define a global.

/** Loads a script and returns its global; null where there is none, which is no error. */
export function loadScript(source, name) {
  if (globalThis[name]) return Promise.resolve(globalThis[name]);
  if (!source) return Promise.resolve(null);
  return new Promise((resolve) => {
    const script = document.createElement('script');
    script.src = source;
    script.onload = () => resolve(globalThis[name] ?? null);
    script.onerror = () => resolve(null);
    document.head.append(script);
  });
}
