const CONNECTION_URL = /^postgres(ql)?:\/\//;

/**
 * The environment of a process that is told by message which database to use: without PG* variables and connection
 * URLs, so that no password is in it and nothing contradicts the message.
 */
export function childEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const entries = Object.entries(env).filter(
    ([name, value]) => !isServerVariable(name) && !CONNECTION_URL.test(value ?? ''),
  );
  return Object.fromEntries(entries);
}

/** An environment without its PG* variables. */
export function withoutServerVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isServerVariable(name)));
}

function isServerVariable(name: string): boolean {
  return name.startsWith('PG');
}
