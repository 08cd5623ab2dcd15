import { parseUrl, toUrl } from '../../database/connection/url.js';

/**
 * The connection string that foreign code is given: by its application_name the code's backends are found, unless it sets
 * another.
 */
export function namedConnection(connectionString: string, applicationName: string): string {
  return toUrl({ ...parseUrl(connectionString), application_name: applicationName });
}
