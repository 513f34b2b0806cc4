import type { Post } from "../gradient/call.ts";
import type { Side } from "../gradient/organization.ts";
import { gradientServiceId, hubServiceId, serviceName } from "../gradient/vendor.ts";
import { landsWithinMs } from "../world/weather.ts";
import type { World } from "../world/world.ts";
import { deedsIn } from "./deeds.ts";
import type { Happening } from "./history.ts";
import { type Partner, partnerOf } from "./partner.ts";
import { customerId, partnerIdOf, placeOf, serviceId } from "./rows.ts";

/** Gradient's side as the history begins. */
const fillGradient = ({ history, vendor, organizations }: World): void => {
  for (let service = 0; service < history.services; service += 1)
    vendor.services.push({ id: gradientServiceId(serviceId(service)), name: serviceName(serviceId(service)) });
  for (const [place, organization] of organizations.entries()) {
    const plan = history.partners[place];
    if (!plan) continue;
    organization.current().isProven = plan.isActive;
    for (let index = 0; index < plan.customers; index += 1) {
      const id = customerId(index);
      const isMapped = !plan.unmapped.includes(index);
      organization.accounts.set(id, { name: `Customer ${id}`, isMapped, isActive: true });
    }
    for (let service = 0; service < history.services; service += 1)
      if (!history.unmappedServices.includes(service))
        organization.mappedServices.add(gradientServiceId(serviceId(service)));
  }
};

/** Everything that the history says, at its time. */
export const playHistory = (world: World): { partners: Partner[] } => {
  const { history, line, organizations, random, trace, watch, script, later: after } = world;
  const { startsAt } = history;
  const partners = organizations.map((_, place) => partnerOf(world, place));
  const play = deedsIn(world, partners);
  fillGradient(world);

  const begin = ({ at: ms, partner: place, deed }: Happening): void => {
    const happen = () => {
      const [partner, organization] = [partners[place], organizations[place]];
      if (!partner || !organization || line.now() > script.endsAt) return;
      trace(() => `-- ${partnerIdOf(place)}: ${JSON.stringify(deed)}`);
      play({ partner, organization }, deed);
    };
    line.at(startsAt + ms, happen, true);
  };
  for (const happening of history.happenings) begin(happening);

  /** Another number for a line whose last one got no answer, and a run right when that one may land at the latest. */
  const tempting = random.fork("tempting");
  const tempt = (post: Post, { organization, counts }: Side): void => {
    if (tempting.chance(0.5) || line.now() > script.endsAt) return;
    const partner = partners[placeOf(organization.id)];
    const [customer = "", service = ""] = post.line.split("/");
    // often the one that Gradient accepted before: it must not pass for unchanged
    const unitCount = tempting.pick([counts.get(post.line)?.unitCount ?? 0, tempting.below(4)]);
    const index = (text: string) => Number(text.slice(1));
    const counted = [{ service: index(hubServiceId(service)), unitCount }];
    after(tempting.pick([0, 2_000, 30_000]), () => partner?.measure(index(customer), counted));
    const nextAt = post.calledAt + landsWithinMs - tempting.between(-500, 6_000) - line.now();
    after(Math.max(0, nextAt), () => partner?.send({ mode: "changes" }));
  };
  if (history.tempts) watch.listeners.push(tempt);
  return { partners };
};
