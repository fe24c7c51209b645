// Calls of the public REST API, with the session's cookie.

/** An answer that is an error, or no answer at all (status 0). */
export class ApiError extends Error {
  /**
   * @param {number} status The HTTP status; 0 if the server could not be reached.
   * @param {string} message The message in words.
   * @param {Object<string, string[]>} details The messages by member.
   */
  constructor(status, message, details = {}) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.details = details;
  }
}

/**
 * Calls the API.
 *
 * @param {string} method The HTTP method.
 * @param {string} path The path and query, such as `/api/segments?limit=30`.
 * @param {*} [body] Is sent as JSON.
 * @returns {Promise<*>} The answer's JSON; null for an empty one.
 * @throws {ApiError}
 */
export async function api(method, path, body) {
  const headers = {Accept: 'application/json'};
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  if (token) headers['X-CSRF-Token'] = token;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let response;
  let text;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    text = await response.text();
  } catch (cause) {
    throw new ApiError(0, cause.message);
  }
  let json = null;
  if (text) {
    try {
      json = JSON.parse(text);
    } catch {
      // A proxy's error page, for example.
      throw new ApiError(response.status, response.statusText || text.slice(0, 200));
    }
  }
  if (response.ok) return json;
  const error = json?.errors?.[0] ?? {};
  const details = error.details && !Array.isArray(error.details) ? error.details : {};
  throw new ApiError(response.status, error.message ?? response.statusText, details);
}
