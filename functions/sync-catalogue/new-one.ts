import type { GradientService } from "#shared/gradient/gradient-api";
import type { HubService } from "#shared/services/hub-service";
import { namesOf, plainName } from "#shared/services/service-names";

interface Seen {
  /** Gradient's lists before and after the call. */
  before: GradientService[];
  shown: GradientService[];
  /** The hub's, read after Gradient's list: whoever has created what that shows had claimed it by then. */
  services: HubService[];
}

/**
 * What a call has just created, where Gradient writes its name in another way: the one entry that was not there before.
 * The list is our vendor's alone, so what else is new there was created by us, or by hand. So it is told by this only
 * while we create nothing else, and nothing of Gradient's list goes unread; what has another service's name is that
 * one's. By hand is left: somebody would have to add an entry within these seconds, while Gradient does not show ours.
 */
export const theNewOne = (made: HubService, { before, shown, services }: Seen): GradientService | undefined => {
  const others = services.filter(({ id }) => id !== made.id);
  // a failed call may have created it nevertheless
  const mayBeOthers = others.some(
    ({ gradientServiceId, createdAs, failure }) => gradientServiceId === null && (createdAs || failure),
  );
  if (mayBeOthers || before.some(({ id }) => id === "")) return undefined;
  const old = new Set([...before.map(({ id }) => id), ...others.map(({ gradientServiceId }) => gradientServiceId)]);
  const names = new Set(others.flatMap(namesOf));
  const [one, ...more] = shown.filter(({ id, name }) => !old.has(id) && !names.has(plainName(name)));
  return more.length === 0 && one?.name !== "" ? one : undefined;
};
