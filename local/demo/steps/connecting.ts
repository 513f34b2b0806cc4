import { RefusedCall } from "#local/sample/call-json";
import type { Traveller } from "../traveller/traveller.ts";
import { waitFor } from "../traveller/wait-for.ts";

/** The states in which a token is there and good, so that the demo must not ask for a new one. */
const connectedStates = ["awaiting-agreement", "awaiting-mapping", "active"];

export const startIntegration = async ({ hub, terminal }: Traveller): Promise<boolean> => {
  const before = await hub.readIntegration();
  await hub.startIntegration();
  const { state, token, gradient } = await hub.readIntegration();
  terminal.good(
    before.state === state ? `It was started before; it is ${state}.` : `It was ${before.state}, now it is ${state}.`,
  );
  const isConnected = connectedStates.includes(state) && token?.status === "valid";
  if (isConnected)
    terminal.line(
      `  Connected to ${gradient?.organizationName ?? "Gradient"} with the key that ends in ${token.lastFour}.`,
    );
  return isConnected;
};

/** Ends with a partner token, or with none where the hub holds a good one already. */
export const generateKey = async (
  { partnerSide, partnerName, terminal }: Traveller,
  isConnected: boolean,
): Promise<{ organizationId: string; partnerToken: string | undefined }> => {
  const known = await partnerSide.findOrganization(partnerName);
  if (isConnected) {
    if (known === undefined)
      throw new Error(
        `the hub is connected to a Gradient that knows no organization "${partnerName}"; start over with \`npm start -- --fresh\``,
      );
    terminal.good(`${partnerName} connected before; its key stays as it is.`);
    return { organizationId: known, partnerToken: undefined };
  }
  const organizationId = known ?? (await partnerSide.createOrganization(partnerName));
  const partnerToken = await partnerSide.generateKey(organizationId);
  terminal.good(`${partnerName} generated a key. Gradient shows it once, the demo not at all.`);
  return { organizationId, partnerToken };
};

// what Gradient could not be asked for, people press again
const pasteAgainMs = 3_000;

// where a breaker is open the hub's answer names the time; a refused key alone opens none
const startAgain =
  "To go on from here, run `npm run demo` again while `npm start` runs: at the time that is named, or at once where none is, for nothing waits then";
const endFaults =
  "If faults are on in the Gradient sandbox (its /_faults tells), end them, then run `npm run demo` again";
const againWords = `The demo does that by itself, every ${pasteAgainMs / 1000} s.`;
const newKeyWords = "The demo generates another one by itself, and pastes that.";

const isRefusal = (error: unknown, code: string): error is RefusedCall =>
  error instanceof RefusedCall && error.code === code;

/**
 * Does what the hub's answer says, as a person would: tries again in a moment, and makes a new key where the first is
 * refused. Ends with the one that was taken.
 */
const paste = async (
  { hub, partnerSide, terminal }: Traveller,
  { organizationId, partnerToken }: { organizationId: string; partnerToken: string },
): Promise<string> => {
  let token = partnerToken;
  let told = "";
  return waitFor(
    async () => {
      try {
        await hub.registerToken(token);
        return token;
      } catch (error) {
        if (isRefusal(error, "gradient.refused") || isRefusal(error, "gradient.vendor-key-rejected"))
          throw new Error(`${error.message} ${startAgain}`, { cause: error });
        const isFirst = token === partnerToken;
        if (!isRefusal(error, "gradient.unavailable") && !(isRefusal(error, "token.rejected") && isFirst)) throw error;
        const isRejected = error.code === "token.rejected";
        if (told !== error.message) terminal.line(`  ${error.message} ${isRejected ? newKeyWords : againWords}`);
        told = error.message;
        if (isRejected) token = await partnerSide.generateKey(organizationId);
        return undefined;
      }
    },
    {
      terminal,
      complaint: () => `${told} ${endFaults}: the key was not taken`,
      awaited: () => "Gradient could not be asked about the key yet; the demo pastes it again by itself.",
      everyMs: pasteAgainMs,
    },
  );
};

export const registerToken = async (
  traveller: Traveller,
  { organizationId, partnerToken }: { organizationId: string; partnerToken: string | undefined },
): Promise<void> => {
  const { hub, terminal } = traveller;
  const pasted = partnerToken === undefined ? undefined : await paste(traveller, { organizationId, partnerToken });
  const { token, gradient } = await hub.readIntegration();
  if (token?.status !== "valid") throw new Error(`the hub says that the token is ${token?.status ?? "missing"}`);
  if (pasted !== undefined && token.lastFour !== pasted.slice(-4))
    throw new Error(`the hub holds a key that ends in ${token.lastFour}, not the new one`);
  terminal.good(
    `${pasted === undefined ? "Kept" : "Checked with Gradient and stored"}: organization "${gradient?.organizationName}", key ends in ${token.lastFour}.`,
  );
};
