import { Option, type Command } from 'commander';
import type { Config } from '../config/schema.js';
import type { ScenarioOverrides } from '../domain/scenario.js';
import { flagOf, LOAD_FIELD_LIST } from '../scenario/fields.js';
import { toLoad } from '../scenario/resolve.js';

/** Every field of a load with the option that gives it. */
const OPTIONS = LOAD_FIELD_LIST.map(([, field]) => ({
  scenario: field.scenario,
  ...field.flag,
  long: flagOf(field),
  name: nameOf(field.flag.usage),
}));

/** The name under which commander keeps an option. */
function nameOf(usage: string): string {
  return new Option(usage).attributeName();
}

/** Adds an option for each field of a load. */
export function addLoadFlags(command: Command): Command {
  for (const { usage, help, parse } of OPTIONS) {
    const option = new Option(usage, help);
    // One without a value is there or not.
    if (option.required) option.argParser<unknown>((text, earlier) => parse(text, earlier as never));
    command.addOption(option);
  }
  return command;
}

/** What the options of a load said, as overrides of a scenario. */
export function toOverrides(flags: Readonly<Record<string, unknown>>): ScenarioOverrides {
  return Object.fromEntries(OPTIONS.map(({ scenario, name }) => [scenario, flags[name]]));
}

/** What a configuration says of a load, by the names of the options, as commander would have parsed them. */
export function loadFlags(config: Config): Record<string, unknown> {
  const load = toLoad(config);
  return Object.fromEntries(OPTIONS.map(({ scenario, name }) => [name, load[scenario]]));
}

/** Values of load options that are known beforehand, by their long flags. */
export function knownLoadValues(): Record<string, readonly string[]> {
  const known = OPTIONS.filter(({ words }) => words !== undefined);
  return Object.fromEntries(known.map(({ long, words = [] }) => [long, words]));
}
