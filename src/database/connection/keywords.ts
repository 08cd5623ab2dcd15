/** libpq's keywords that the tool understands, and the variable that gives each where nothing else does. */
export const VARIABLES = {
  host: 'PGHOST',
  hostaddr: 'PGHOSTADDR',
  port: 'PGPORT',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  passfile: 'PGPASSFILE',
  dbname: 'PGDATABASE',
  service: 'PGSERVICE',
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslnegotiation: 'PGSSLNEGOTIATION',
  options: 'PGOPTIONS',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  application_name: 'PGAPPNAME',
  client_encoding: 'PGCLIENTENCODING',
  gssencmode: 'PGGSSENCMODE',
  channel_binding: 'PGCHANNELBINDING',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
  /** Of node-postgres: says that sslmode is meant as here anyway. */
  uselibpqcompat: undefined,
} as const;

export type Keyword = keyof typeof VARIABLES;

export function isKeyword(text: string): text is Keyword {
  return Object.hasOwn(VARIABLES, text);
}

const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

/** A rule that a parameter's value must keep, and its words. */
interface Rule {
  readonly accepts: (value: string) => boolean;
  readonly accepted: string;
}

const oneOf = (...values: readonly string[]): Rule => ({
  accepts: (value) => values.includes(value),
  accepted: values.join(', '),
});

/** Parameters of which not every value will do. */
export const RULES: Readonly<Partial<Record<Keyword, Rule>>> = {
  host: { accepts: (value) => !value.includes(','), accepted: 'one host, not several' },
  hostaddr: { accepts: () => false, accepted: 'host, which may be an address' },
  port: {
    accepts: (value) => /^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535,
    accepted: '1 to 65535',
  },
  sslmode: oneOf(...SSL_MODES),
  sslnegotiation: oneOf('postgres', 'direct'),
  connect_timeout: { accepts: (value) => /^\d{1,6}$/.test(value), accepted: 'a number of seconds' },
  gssencmode: oneOf('disable', 'prefer'),
  channel_binding: oneOf('disable', 'prefer'),
  target_session_attrs: oneOf('any'),
};
