# What a log line or a metric looks like when a promise is not kept: [which promise](../monitoring/README.md) has which alarm is a table.

locals {
  # Functions that answer a request while somebody waits; Cloud Run knows them in lower case. `authz` holds streams open for minutes, which are no slow answers to Cloud Run alone.
  request_services = sort([for name in concat(keys(local.callables), ["api", "oauth"]) : lower(name)])

  logged_alarms = {
    call-failed     = { says = "Calls fail for reasons of ours", filter = "jsonPayload.message=\"call failed\"", more_than = 10, runbook = "cloud-outage" }
    job-late        = { says = "A background job is late or keeps failing", filter = "jsonPayload.message=(\"job late\" OR \"job keeps failing\")", runbook = "jobs-and-parked-messages" }
    message-parked  = { says = "A message was given up", filter = "jsonPayload.message=(\"message parked\" OR \"event parked\" OR \"task dropped\")", runbook = "jobs-and-parked-messages" }
    drift           = { says = "A projection was not what its source says", filter = "jsonPayload.message=\"drift\"", runbook = "outbox-stuck" }
    audit-missing   = { says = "An event is missing from the audit log", filter = "jsonPayload.message=\"an event is missing from the audit log\"", runbook = "audit-log-after-a-restore" }
    audit-forked    = { says = "The second place of the audit log says something else", filter = "jsonPayload.message=~\"^the second place holds \"", runbook = "audit-log-after-a-restore" }
    audit-unsealed  = { says = "The audit log was not sealed for a while", filter = "jsonPayload.message=\"the audit log was not sealed for a while\"", runbook = "jobs-and-parked-messages" }
    seal-foreign    = { says = "A seal of the audit log is signed by a key that KMS does not have", filter = "jsonPayload.message=\"a seal is signed by a key that KMS does not have\"", runbook = "compromised-signing-key" }
    cannot-sign     = { says = "Nothing can be signed", filter = "jsonPayload.message=(\"nothing could be signed\" OR \"no key could be made\")", more_than = 2, runbook = "cloud-outage" }
    standby-missing = { says = "No key stands by that could take over", filter = "(jsonPayload.message=\"no standby could be made\" OR jsonPayload.message=~\"^the standby for \")", runbook = "rotate-now" }
    key-set-down    = { says = "The public keys, or another public document, could not be read", filter = "jsonPayload.message=\"a public document could not be read\"", more_than = 5, runbook = "cloud-outage" }
    ring-restless   = { says = "Signing keys do not come to rest", filter = "jsonPayload.message=\"a ring does not come to rest\"", runbook = "rotate-now" }
    clock-wrong     = { says = "The clock of an instance is wrong", filter = "jsonPayload.message=(\"the clock of this instance is wrong: nothing is signed\" OR \"the seal before is dated later than now, and so is the next one\")", runbook = "cloud-outage" }
    heard-late      = { says = "Services hear of revocations later than two seconds after", filter = "jsonPayload.message=\"changes are heard late\"", more_than = 5, runbook = "slow-or-late" }
    leaked-key      = { says = "A leaked key was reported", filter = "jsonPayload.message=\"leaked key reported\"", runbook = "leaked-key" }
    refusals-rising = { says = "Far more calls are refused than usual", filter = "jsonPayload.message=\"call refused\"", more_than = 60000, runbook = "quota-exhausted" }
  }
  timed_alarms = {
    authz-slow = { says = "Every hundredth answer of `authz` takes longer than half a second", filter = "resource.labels.service_name=\"authz\" AND jsonPayload.message=(\"call answered\" OR \"call refused\")", more_than = 500, runbook = "slow-or-late" }
  }
  measured_alarms = {
    latency = {
      says      = "Every hundredth answer takes longer than two seconds"
      filter    = "metric.type=\"run.googleapis.com/request_latencies\" AND resource.type=\"cloud_run_revision\" AND resource.label.service_name=one_of(${join(",", [for name in local.request_services : "\"${name}\""])})"
      more_than = 2000
      aligner   = "ALIGN_PERCENTILE_99"
      runbook   = "quota-exhausted"
    }
    instances = {
      says      = "Nearly all instances of `authz` are at work"
      filter    = "metric.type=\"run.googleapis.com/container/instance_count\" AND resource.type=\"cloud_run_revision\" AND resource.label.service_name=\"authz\""
      more_than = 120
      runbook   = "quota-exhausted"
    }
    unheard = {
      says      = "Messages wait for longer than ten minutes"
      filter    = "metric.type=\"pubsub.googleapis.com/subscription/oldest_unacked_message_age\" AND resource.type=\"pubsub_subscription\" AND resource.label.subscription_id!=\"secret-rotation\""
      more_than = 600
      runbook   = "outbox-stuck"
    }
    kms-quota = {
      says      = "KMS refuses calls"
      filter    = "metric.type=\"serviceruntime.googleapis.com/quota/exceeded\" AND resource.type=\"consumer_quota\" AND resource.label.service=\"cloudkms.googleapis.com\""
      more_than = 0
      aligner   = "ALIGN_COUNT_TRUE"
      runbook   = "quota-exhausted"
    }
  }
  # What tells of late jobs is a job itself. These see from outside that schedules are dead, or that nothing they call ends well.
  silent_alarms = {
    seals-stand-still     = { says = "The audit log is not sealed: no run of `sealAudit` ended well for a quarter of an hour", service = "sealaudit", for_seconds = 900, runbook = "cloud-outage" }
    repairs-stand-still   = { says = "No run of `reconcile` ended well for an hour", service = "reconcile", for_seconds = 3600, runbook = "cloud-outage" }
    rotation-stands-still = { says = "No run of `rotateSigningKeys` ended well for two hours", service = "rotatesigningkeys", for_seconds = 7200, runbook = "cloud-outage" }
    sweeps-stand-still    = { says = "No run of `sweepExpired` ended well for two hours", service = "sweepexpired", for_seconds = 7200, runbook = "cloud-outage" }
    reminders-stand-still = { says = "No run of `remindExpiring` ended well for three hours", service = "remindexpiring", for_seconds = 10800, runbook = "cloud-outage" }
    digests-stand-still   = { says = "No run of `sendDigests` ended well for three hours", service = "senddigests", for_seconds = 10800, runbook = "cloud-outage" }
    secrets-stand-still   = { says = "No run of `rotateSecrets` ended well for thirteen hours", service = "rotatesecrets", for_seconds = 46800, runbook = "cloud-outage" }
  }
}
