import { keyOf, newId, type Organization, type ServiceLink } from "./records.ts";
import { type Change, put, type StateStore } from "./state-store.ts";

export interface SeenService {
  id: string;
  name: string;
  source: "vendor" | "organization";
}

/** The services that a partner sees: the vendor's, then its own. */
export const servicesOf = ({ read }: StateStore, organizationId: string): SeenService[] => [
  ...Array.from(read.services.values(), ({ id, name }): SeenService => ({ id, name, source: "vendor" })),
  ...[...read.organizationServices.values()]
    .filter((service) => service.organizationId === organizationId)
    .map(({ id, name }): SeenService => ({ id, name, source: "organization" })),
];

export const linkOf = ({ read }: StateStore, organizationId: string, serviceId: string): ServiceLink =>
  read.serviceLinks.get(keyOf(organizationId, serviceId)) ?? {
    organizationId,
    serviceId,
    mappingId: null,
    psaProductId: null,
    excluded: false,
  };

/** Gradient matches exact, case-sensitive names, and only while a partner sets its connection up for the first time. */
export const autoMatchServices = (
  store: StateStore,
  organization: Organization,
  services: { id: string; name: string }[],
): Change[] => {
  if (organization.setUpBefore) return [];
  const products = [...store.read.psaProducts.values()].filter(
    ({ organizationId }) => organizationId === organization.id,
  );
  return services.flatMap(({ id, name }) => {
    const product = products.find((candidate) => candidate.name === name);
    const link = linkOf(store, organization.id, id);
    if (!product || link.mappingId !== null || link.excluded) return [];
    return [put("serviceLinks", { ...link, mappingId: newId(), psaProductId: product.id })];
  });
};
