import { join, relative } from "node:path";
import { demoFolder, readOptions, repositoryRoot } from "#local/options";

/** Where the demo looks for a running system, and the state of the one that it starts where it finds none. */
export interface DemoState {
  /** The states whose running system it uses. */
  known: string[];
  /** Whether a running system at this port of the hub's page is the one that was meant. */
  isMeant: (hubUiPort: number) => boolean;
  folder: string;
  flags: string[];
  intent: string;
  /** The command that brings back what the demo left. */
  comesBackBy: string;
}

/**
 * A state that somebody chose is taken as it is. That of a plain `npm start` is used while it runs and left alone
 * otherwise: the demo then has one of its own, which it begins anew each time.
 */
export const demoState = (environment: NodeJS.ProcessEnv): DemoState => {
  const { stateFolder, portBase } = readOptions([], environment);
  const { PORT_BASE: ports, GRADIENT_BILLING_STATE: chosen } = environment;
  const folder = chosen ? stateFolder : join(repositoryRoot, demoFolder);
  const name = chosen ?? relative(repositoryRoot, folder);
  return {
    known: [...new Set([stateFolder, folder])],
    isMeant: (port) => !ports || port === portBase,
    folder,
    flags: chosen ? [] : ["--fresh"],
    intent: `starting one for this demo with the state in ${name}${chosen ? "" : "; that of npm start stays as it is"}`,
    comesBackBy: `${ports ? `PORT_BASE=${ports} ` : ""}GRADIENT_BILLING_STATE=${name} npm start`,
  };
};
