import { param, parseBody, Refusal, type Reply } from "../calls/exchange.ts";
import { newId, type Service, type Vendor } from "../world/records.ts";
import { type SandboxWorld, timeOf, type VendorRoute } from "../world/sandbox-world.ts";
import { autoMatchServices } from "../world/service-links.ts";
import { put } from "../world/state-store.ts";
import { vendorServiceCreate, vendorUpdate } from "./vendor-schemas.ts";

const root = "/api/vendor-api";

const vendorBody = (vendor: Vendor, services: Iterable<Service>) => ({
  ...vendor,
  _id: vendor.id,
  integrationType: "custom",
  isDistributor: false,
  externalIntegrationStatus: "notIntegrated",
  mappingResponsibilities: ["accounts", "services"],
  modules: [{ variation: "billing" }],
  attributes: [],
  skus: Array.from(services, (service) => ({ ...service, _id: service.id })),
});

/** The vendor's profile and its services, which every partner of the vendor sees. */
export const vendorProfileRoutes = (world: SandboxWorld): VendorRoute[] => {
  const { store } = world;
  const readVendor = (): Vendor => {
    const vendor = store.read.vendor.get("vendor");
    if (!vendor) throw new Error("The state holds no vendor.");
    return vendor;
  };
  const envelope = (message: string, services: Iterable<Service>): Reply => ({
    status: 200,
    body: { status: 200, message, data: vendorBody(readVendor(), services) },
  });

  return [
    {
      method: "GET",
      path: root,
      run: () => envelope("Success - Retrieved Vendor", store.read.services.values()),
    },
    {
      method: "PATCH",
      path: root,
      run: ({ body }) => {
        const change = parseBody(vendorUpdate, body);
        const vendor = readVendor();
        const { name = vendor.name, description = vendor.description } = change;
        store.commit(put("vendor", { ...vendor, ...change, name, description, updatedAt: timeOf(world) }));
        return envelope("Success - Updated Vendor", store.read.services.values());
      },
    },
    {
      // A repeated name is not refused: what Gradient does is not stated, and a second service of the same name shows
      // a client that did not look before it created.
      method: "POST",
      path: `${root}/service`,
      run: ({ body }) => {
        const service = { ...parseBody(vendorServiceCreate, body), id: newId() };
        if (world.behaviour.refusesService(service.name)) {
          throw new Refusal(400, [`name ${service.name} is not accepted`]);
        }
        store.commit(
          put("services", service),
          put("vendor", { ...readVendor(), updatedAt: timeOf(world) }),
          ...[...store.read.organizations.values()].flatMap((organization) =>
            autoMatchServices(store, organization, [service]),
          ),
        );
        return { status: 201, body: vendorBody(readVendor(), store.read.services.values()) };
      },
    },
    {
      method: "GET",
      path: `${root}/service/:serviceId`,
      run: (call) => {
        const service = store.read.services.get(param(call, "serviceId"));
        if (!service) throw new Refusal(404, `No service found with id: ${param(call, "serviceId")}`);
        return envelope("Success - Retrieved Service", [service]);
      },
    },
  ];
};
