import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { UsageError } from '../../domain/errors.js';
import { readParameterFile } from './files.js';
import type { Parameters } from './url.js';

/** Instead of a file: the authorities that Node.js trusts, NODE_EXTRA_CA_CERTS included. */
const SYSTEM = 'system';

/**
 * Checks that the parameters of TLS go together.
 *
 * @param from who said sslmode, for the message
 * @throws UsageError when certificates are to be verified and nothing says whom to trust, or a file cannot be read
 */
export function checkTls(parameters: Parameters, from: string): void {
  const { sslmode = 'disable', sslrootcert, sslnegotiation } = parameters;
  if (sslmode === 'disable' || isSocket(parameters)) return;
  if (sslmode.startsWith('verify') && !(sslrootcert && (sslrootcert === SYSTEM || existsSync(sslrootcert)))) {
    throw refusal(
      from,
      `sslmode=${sslmode} needs a root certificate; accepted: sslrootcert=FILE, PGSSLROOTCERT, ` +
        '~/.postgresql/root.crt, or sslmode=verify-full with sslrootcert=system',
    );
  }
  if (sslrootcert === SYSTEM && sslmode !== 'verify-full') {
    throw refusal(from, `sslrootcert=system goes with sslmode=verify-full alone, not with ${sslmode}`);
  }
  if (sslnegotiation === 'direct' && (sslmode === 'allow' || sslmode === 'prefer')) {
    throw refusal(from, `sslnegotiation=direct goes with sslmode=require and stricter, not with ${sslmode}`);
  }
  tlsOptions(parameters);
}

function refusal(from: string, problem: string): UsageError {
  return new UsageError('invalid_connection', `${from}: ${problem}`);
}

/** PostgreSQL speaks no TLS on a socket of the file system, and libpq ignores sslmode there. */
export function isSocket({ host = '' }: Parameters): boolean {
  return host.startsWith('/');
}

/**
 * What node-postgres is to do about TLS. As with libpq, a root certificate that is there verifies the server's, whatever
 * the mode; its name is verified by verify-full alone.
 *
 * @returns false where none is to be spoken
 * @throws UsageError when a certificate's file cannot be read
 */
export function tlsOptions(parameters: Parameters): false | ConnectionOptions {
  const { sslmode = 'disable', sslrootcert, sslcert, sslkey, host = '' } = parameters;
  if (sslmode === 'disable' || isSocket(parameters)) return false;
  const hasRoot = sslrootcert !== undefined && (sslrootcert === SYSTEM || existsSync(sslrootcert));
  return {
    // Stated, for a proxy between may have another address.
    host,
    ...(isIP(host) === 0 && { servername: host }),
    rejectUnauthorized: hasRoot,
    ...(hasRoot && sslrootcert !== SYSTEM && { ca: readParameterFile('sslrootcert', sslrootcert) }),
    ...(sslmode !== 'verify-full' && { checkServerIdentity: () => undefined }),
    ...(sslcert !== undefined && { cert: readParameterFile('sslcert', sslcert) }),
    ...(sslkey !== undefined && { key: readParameterFile('sslkey', sslkey) }),
  };
}

/** OpenSSL's words for a certificate that does not verify (Node.js manual, TLS), and what Node.js adds. */
const TLS_FAILURE =
  /^(ERR_TLS_|ERR_SSL_|ERR_OSSL_|UNABLE_TO_|CERT_|CRL_|ERROR_IN_C|DEPTH_ZERO_|SELF_SIGNED_|INVALID_(CA|PURPOSE)|PATH_LENGTH_|HOSTNAME_MISMATCH|EPROTO)/;

/** Whether an error says that TLS was not to be had as it was wanted. */
export function isTlsFailure(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && TLS_FAILURE.test(error.code);
}
