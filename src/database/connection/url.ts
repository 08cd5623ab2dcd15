import { isKeyword, type Keyword } from './keywords.js';

/** Parameters of a connection by libpq's keywords. */
export type Parameters = Readonly<Partial<Record<Keyword, string>>>;

/** What is wrong with a connection URL; never repeats its text, for that may hold a password. */
export class UrlComplaint extends Error {}

/** libpq's grammar: scheme, user information, host, port, database, parameters. */
const GRAMMAR =
  /^postgres(?:ql)?:\/\/(?:(?<userInfo>[^/]*)@)?(?<host>\[[^\]]*\]|[^:/?[\]]*)(?::(?<port>[^/?]*))?(?:\/(?<dbname>[^?]*))?(?:\?(?<query>.*))?$/s;

/**
 * Reads a connection URL as libpq does: percent-encoded, `+` is a plus sign, parameters are libpq's keywords.
 * Apart from libpq, the last @ before the host counts, so that a password may hold one as it is.
 * Source: PostgreSQL manual, 32.1.1.2 Connection URIs.
 *
 * @throws UrlComplaint when it is none, or has a parameter that is not libpq's
 */
export function parseUrl(url: string): Parameters {
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw new UrlComplaint('the URL does not begin with postgres:// or postgresql://');
  }
  const parts = GRAMMAR.exec(url)?.groups;
  if (parts === undefined) throw new UrlComplaint('the URL is malformed');
  const { userInfo = '', host = '', port, dbname, query = '' } = parts;
  const [user = '', password] = splitOnce(userInfo, ':');
  const named = { user, password, host: host.replace(/^\[(.*)\]$/s, '$1'), port, dbname };
  return { ...withoutEmpty(named), ...parseQuery(query) };
}

function withoutEmpty(encoded: Readonly<Partial<Record<Keyword, string | undefined>>>): Parameters {
  const given = Object.entries(encoded).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(given.map(([keyword, value]) => [keyword, decode(value)]));
}

function parseQuery(query: string): Parameters {
  const found: Partial<Record<Keyword, string>> = {};
  for (const parameter of query.split('&').filter((each) => each !== '')) {
    const [keyword, value] = splitOnce(parameter, '=').map((part) => decode(part));
    if (keyword === undefined || value === undefined) throw new UrlComplaint('a parameter has no value');
    // As JDBC writes it.
    if (keyword === 'ssl' && value === 'true') found.sslmode = 'require';
    else if (isKeyword(keyword)) found[keyword] = value;
    else throw new UrlComplaint('a parameter is none of libpq’s');
  }
  return found;
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

function decode(text = ''): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UrlComplaint(
      'a percent sign does not begin an encoded character (write %25 for a percent sign)',
    );
  }
}

/** Writes parameters as a connection URL that libpq, node-postgres and `parseUrl` read alike. */
export function toUrl({
  user = '',
  password,
  host = '',
  port = '',
  dbname = '',
  ...rest
}: Parameters): string {
  const userInfo = [user, ...(password === undefined ? [] : [password])].map(encodeURIComponent).join(':');
  // An IPv6 address keeps its colons; its zone begins with a percent sign.
  const encodedHost = host.split(':').map(encodeURIComponent).join(':');
  const address = host.includes(':') ? `[${encodedHost}]` : encodedHost;
  const query = Object.entries(rest).map(([keyword, value]) => `${keyword}=${encodeURIComponent(value)}`);
  const location = `${address}${port && `:${port}`}/${encodeURIComponent(dbname)}`;
  return `postgres://${userInfo}@${location}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}
