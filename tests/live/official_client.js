// Drives the unmodified official client: everything a small application reports. Prints what the test must know.
import { Exceptionless } from "@exceptionless/node";

const [serverUrl, apiKey] = process.argv.slice(2);
const client = Exceptionless;

await client.startup((configuration) => {
  configuration.apiKey = apiKey;
  configuration.serverUrl = serverUrl;
  configuration.version = "3.1.4";
  configuration.defaultTags.push("from-node");
  configuration.updateSettingsWhenIdleInterval = -1;
});
client.config.setUserIdentity("jane-7", "Jane Doe");

function failing(depth) {
  if (depth > 0) return failing(depth - 1);
  throw new TypeError("The inner reason");
}

function payOrder() {
  try {
    failing(3);
  } catch (inner) {
    const outer = new Error("The order could not be paid", { cause: inner });
    outer.order = { id: 1042, total: 99.5 };
    throw outer;
  }
}

// The client itself does not read `cause`; a plugin of the application does.
client.config.addPlugin("InnerErrors", 2000, async (context) => {
  const sent = context.event.data?.["@error"];
  const cause = context.eventContext.getException()?.cause;
  if (sent && cause) {
    const frames = [{ name: "failing", file_name: "official_client.js", line_number: 20, column: 9 }];
    sent.inner = { type: cause.name, message: cause.message, stack_trace: frames };
  }
});

let error;
try {
  payOrder();
} catch (caught) {
  error = caught;
}

const reference = "node-error-0001";
await client
  .createException(error)
  .setReferenceId(reference)
  .setProperty("Basket", { items: ["a", "b"], total: 99.5 })
  .addTags("checkout", "Paid Order")
  .setGeo(40.5, -70.25)
  .setValue(99.5)
  .markAsCritical()
  .submit();

for (const level of ["trace", "debug", "info", "warn", "error"]) {
  await client.createLog("node.shop", `A ${level} message`, level).submit();
}
await client.submitFeatureUsage("node-export");
await client.submitNotFound("/node/missing");
await client.createEvent().setType("custom-kind").setMessage("A kind of its own").setSource("node-custom").submit();
await client.createSessionStart().setReferenceId("node-session-1").submit();
await client.createLog("node.session", "inside the session", "info").setEventReference("session", "node-session-1").submit();
await client.createEvent().setType("sessionend").setProperty("@ref:session", "node-session-1").submit();
await client.updateUserEmailAndDescription(reference, "jane@example.com", "I clicked on Pay, then this.");
await client.processQueue();
await client.config.services.queue.process();

const { SettingsManager } = await import("@exceptionless/core");
await SettingsManager.updateSettings?.(client.config);

console.log(
  JSON.stringify({
    reference,
    settings: client.config.settings,
    lastReference: client.getLastReferenceId(),
  }),
);
await client.suspend();
process.exit(0);
