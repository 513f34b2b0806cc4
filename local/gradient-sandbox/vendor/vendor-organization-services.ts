import { param, parseBody, Refusal } from "../calls/exchange.ts";
import { keyOf, type Mappable, type Organization } from "../world/records.ts";
import type { SandboxWorld, VendorRoute } from "../world/sandbox-world.ts";
import { autoMatchServices, linkOf } from "../world/service-links.ts";
import { drop, put } from "../world/state-store.ts";
import { asList, changed, mappingProperty, refuseTakenIds } from "./mappables.ts";
import { mappablesUpdate, mappableUpdate, organizationServicesCreate } from "./vendor-schemas.ts";

const root = "/api/vendor-api/organization/services";

/** Services that exist for one partner only, under ids that the vendor chose. */
export const vendorOrganizationServiceRoutes = ({ store }: SandboxWorld): VendorRoute[] => {
  const find = (organization: Organization, id: string): Mappable => {
    const service = store.read.organizationServices.get(keyOf(organization.id, id));
    if (!service) throw new Refusal(404, `No service found with id: ${id}`);
    return service;
  };
  const view = (service: Mappable) =>
    mappingProperty(service, linkOf(store, service.organizationId, service.id).mappingId);

  return [
    {
      method: "POST",
      path: root,
      run: ({ body }, organization) => {
        const entries = asList(parseBody(organizationServicesCreate, body));
        refuseTakenIds(
          "A service",
          entries.map(({ id }) => id),
          (id) => store.read.organizationServices.has(keyOf(organization.id, id)),
        );
        const services = entries.map(({ id, name, description, isArrears }) => ({
          organizationId: organization.id,
          id,
          name,
          description,
          isActive: true,
          isArrears: isArrears ?? false,
        }));
        store.commit(
          ...services.map((service) => put("organizationServices", service)),
          ...autoMatchServices(store, organization, services),
        );
        return { status: 201, body: services.map(view) };
      },
    },
    {
      method: "PATCH",
      path: root,
      run: ({ body }, organization) => {
        const changes = parseBody(mappablesUpdate, body);
        const services = asList(changes).map((change) => changed(find(organization, change.id), change));
        store.commit(...services.map((service) => put("organizationServices", service)));
        return { status: 200, body: Array.isArray(changes) ? services.map(view) : services.map(view)[0] };
      },
    },
    {
      method: "PATCH",
      path: `${root}/:serviceId`,
      run: (call, organization) => {
        const change = parseBody(mappableUpdate, call.body);
        const service = find(organization, param(call, "serviceId"));
        const next = changed(service, change);
        if (next.id !== service.id) {
          // counts and mapping hang on the id; Gradient's answer to such a change is not documented
          if (store.read.organizationServices.has(keyOf(organization.id, next.id))) {
            throw new Refusal(400, [`A service with id ${next.id} already exists`]);
          }
          const link = linkOf(store, organization.id, service.id);
          store.commit(
            drop("organizationServices", service),
            drop("serviceLinks", link),
            put("organizationServices", next),
            put("serviceLinks", { ...link, serviceId: next.id }),
          );
        } else store.commit(put("organizationServices", next));
        return { status: 200, body: view(next) };
      },
    },
  ];
};
