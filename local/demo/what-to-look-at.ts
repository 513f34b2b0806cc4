import type { LocalSystem } from "./running-system.ts";
import type { Terminal } from "./traveller/terminal.ts";

/** The demo's end: where a person may look now, or how to get there where the system was only up for the demo. */
export const showWhatToLookAt = (terminal: Terminal, { endpoints, comesBackBy }: LocalSystem): void => {
  terminal.heading("What to look at");
  if (comesBackBy !== undefined) {
    terminal.line("  The system of this demo is stopped. This brings it back as it is now, and says where to look:");
    terminal.line(`    ${comesBackBy}`);
    return;
  }
  terminal.line(`  the hub    ${endpoints.hubUi}`);
  terminal.line(`  Gradient   ${endpoints.gradient}  (the partner's organization with its mapping, counts and cards)`);
  terminal.line(`  the mail   ${endpoints.mailbox}  (what the owner got)`);
};
