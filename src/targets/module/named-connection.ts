/**
 * The connection string that foreign code is given: by its application_name the code's backends are found, unless it sets
 * another.
 */
export function namedConnection(connectionString: string, applicationName: string): string {
  const url = new URL(connectionString);
  url.searchParams.set('application_name', applicationName);
  return url.href;
}
