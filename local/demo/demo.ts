import { takeJourney } from "./journey.ts";
import { useLocalSystem } from "./running-system.ts";
import { messageOf } from "./step-runner.ts";
import { standardTerminal } from "./terminal.ts";

const terminal = standardTerminal();
terminal.line("From a partner's key to counts that Gradient accepted: the whole journey on this machine.");

try {
  const system = await useLocalSystem(terminal);
  const leave = () => void system.stop().finally(() => process.exit(130));
  process.once("SIGINT", leave).once("SIGTERM", leave);
  try {
    await takeJourney(system.endpoints, terminal);
  } finally {
    await system.stop();
  }
  terminal.line("\nEvery step did what it should.");
} catch (error) {
  terminal.bad(messageOf(error));
  process.exitCode = 1;
}
