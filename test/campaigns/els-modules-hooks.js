const MODULES = new URL('../../build/modules/', import.meta.url);

/**
 * @param {string} specifier
 * @param {object} context
 * @param {(specifier: string, context: object) => Promise<{ url: string }>} nextResolve
 */
export function resolve(specifier, context, nextResolve) {
  const own = specifier.startsWith('#els/')
    ? new URL(specifier.slice('#els/'.length), MODULES).href
    : specifier;
  return nextResolve(own, context);
}
