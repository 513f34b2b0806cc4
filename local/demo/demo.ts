import { takeJourney } from "./journey.ts";
import { useLocalSystem } from "./running-system.ts";
import { messageOf } from "./steps/step-runner.ts";
import { standardTerminal } from "./traveller/terminal.ts";
import { showWhatToLookAt } from "./what-to-look-at.ts";

const terminal = standardTerminal();
terminal.line("From a partner's key to counts that Gradient accepted: the whole journey on this machine.");

// an end by `exit` takes along what the demo started; the signals' own ends would not
process.once("SIGINT", () => process.exit(130)).once("SIGTERM", () => process.exit(143));

try {
  const system = await useLocalSystem(terminal);
  try {
    await takeJourney(system.endpoints, terminal);
  } finally {
    await system.stop();
  }
  terminal.line("\nEvery step did what it should.");
  showWhatToLookAt(terminal, system);
} catch (error) {
  const message = messageOf(error);
  terminal.bad(message);
  if (message.endsWith("cannot be reached")) terminal.line("  Start it again (`npm start`), then run the demo again.");
  process.exitCode = 1;
}
