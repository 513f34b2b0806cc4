import { RefusedCall } from "#local/sample/call-json";
import type { Traveller } from "../traveller/traveller.ts";

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

/** What the API cannot do now passes; the demo goes on from where it was. */
const withWhatToDo = (error: unknown): never => {
  if (!(error instanceof RefusedCall) || error.status < 500) throw error;
  throw new Error(`${error.message} Then start the demo again: it goes on from here`, { cause: error });
};

export const registerToken = async ({ hub, terminal }: Traveller, partnerToken: string | undefined): Promise<void> => {
  if (partnerToken !== undefined) await hub.registerToken(partnerToken).catch(withWhatToDo);
  const { token, gradient } = await hub.readIntegration();
  if (token?.status !== "valid") throw new Error(`the hub says that the token is ${token?.status ?? "missing"}`);
  if (partnerToken !== undefined && token.lastFour !== partnerToken.slice(-4))
    throw new Error(`the hub holds a key that ends in ${token.lastFour}, not the new one`);
  terminal.good(
    `${partnerToken === undefined ? "Kept" : "Checked with Gradient and stored"}: organization "${gradient?.organizationName}", key ends in ${token.lastFour}.`,
  );
};
