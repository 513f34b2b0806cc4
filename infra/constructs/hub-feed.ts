import { Construct } from "constructs";
import { putPartnerRoute } from "#functions/put-partner/route";
import { putServiceRoute } from "#functions/put-service/route";
import { readPartnerRoute } from "#functions/read-partner/route";
import { recordCustomersRoute } from "#functions/record-customers/route";
import { recordUsageRoute } from "#functions/record-usage/route";
import { removeCustomerRoute, removeCustomersRoute } from "#functions/remove-customer/route";
import { wholeCoreMb } from "#infra/export-workers";
import type { TableEnv } from "#shared/lambda/table-env";
import type { Foundation } from "./parts/foundation.ts";
import { patientTimeout, ServiceFunction } from "./parts/service-function.ts";

/** What the hub's back office tells us: services, partners, their customers and what these use. */
export class HubFeed extends Construct {
  constructor(scope: Construct, id: string, { api, storage }: Pick<Foundation, "api" | "storage">) {
    super(scope, id);
    const environment = { TABLE_NAME: storage.tableName };

    const putService = new ServiceFunction<TableEnv>(this, "PutService", {
      folder: "put-service",
      environment,
      errorImpact: "a new or changed service does not reach Gradient, so its counts cannot be mapped",
      // of many that come at once, each waits for its turn, as below
      timeout: patientTimeout,
    });
    // reads the service that it compares with and, the first time, the names of all; writes both rows and a task
    storage.grantOnly(putService, "GetItem", "PutItem", "Query");
    api.route(putService, putServiceRoute);

    const putPartner = new ServiceFunction<TableEnv>(this, "PutPartner", {
      folder: "put-partner",
      environment,
      errorImpact: "a new partner cannot start, and mail goes to a former owner",
    });
    storage.grantUse(putPartner);
    api.route(putPartner, putPartnerRoute);

    const readPartner = new ServiceFunction<TableEnv>(this, "ReadPartner", {
      folder: "read-partner",
      environment,
      errorImpact: "the hub cannot check what it has told of a partner",
      // of a partner that nobody has measured or looked at since its newest count is noted, it reads all counts
      memoryMb: wholeCoreMb,
    });
    storage.grantRead(readPartner);
    api.route(readPartner, readPartnerRoute);

    const recordCustomers = new ServiceFunction<TableEnv>(this, "RecordCustomers", {
      folder: "record-customers",
      environment,
      errorImpact: "a partner's new customers are missing in Gradient and go unbilled",
      // of several batches of one partner, each waits for its turn
      timeout: patientTimeout,
    });
    storage.grantUse(recordCustomers);
    api.route(recordCustomers, recordCustomersRoute);

    const removeCustomer = new ServiceFunction<TableEnv>(this, "RemoveCustomer", {
      folder: "remove-customer",
      environment,
      errorImpact: "a customer who left is billed on",
      timeout: patientTimeout,
    });
    storage.grantUse(removeCustomer);
    api.route(removeCustomer, removeCustomerRoute, removeCustomersRoute);

    const recordUsage = new ServiceFunction<TableEnv>(this, "RecordUsage", {
      folder: "record-usage",
      environment,
      errorImpact: "exports go on with old counts, so customers are billed wrongly",
      // a thousand measurements may be of a thousand customers, each with a write of its own
      memoryMb: wholeCoreMb,
      // of several batches of first counts of one partner, each waits for its turn
      timeout: patientTimeout,
    });
    storage.grantUse(recordUsage);
    api.route(recordUsage, recordUsageRoute);
  }
}
