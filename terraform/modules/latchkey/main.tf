# Everything that Latchkey stands on, put together once; environments differ in what they say here, not in what there is.

module "services" {
  source  = "../services"
  project = var.project
}

module "firestore" {
  source     = "../firestore"
  project    = var.project
  location   = var.location
  backups    = var.backups
  depends_on = [module.services]
}

module "functions" {
  source     = "../functions"
  project    = var.project
  functions  = local.functions
  depends_on = [module.services]
}

module "kms" {
  source           = "../kms"
  project          = var.project
  location         = var.location
  protection_level = var.protection_level
  uses             = local.key_uses
  depends_on       = [module.services]
}

module "secrets" {
  source         = "../secrets"
  project        = var.project
  project_number = var.project_number
  regions        = [var.location]
  secrets        = local.secrets
  depends_on     = [module.services]
}

module "pubsub" {
  source     = "../pubsub"
  project    = var.project
  regions    = [var.location]
  topics     = local.topics
  depends_on = [module.services]
}

module "anchors" {
  source         = "../anchors"
  project        = var.project
  name           = "${var.project}-audit-anchors"
  location       = var.location
  retention_days = var.audit_days
  locked         = var.lock_audit
  creators       = { for name in ["sealAudit", "audit"] : name => module.functions.members[name] }
  readers        = { for name in ["api", "signing"] : name => module.functions.members[name] }
  depends_on     = [module.services]
}

module "audit_sink" {
  source          = "../audit-sink"
  project         = var.project
  project_number  = var.project_number
  events_topic    = module.pubsub.ids["events"]
  archive_project = var.archive_project
  location        = var.location
  retention_days  = var.audit_days
  locked          = var.lock_audit
  depends_on      = [module.services]
}

module "identity" {
  source     = "../identity"
  project    = var.project
  domains    = [var.hosts.id, var.hosts.app]
  app_check  = var.app_check
  depends_on = [module.services]
}

module "edge" {
  source        = "../edge"
  project       = var.project
  region        = var.location
  closed        = var.closed
  doors         = local.doors
  own_addresses = var.own_addresses
  depends_on    = [module.services]
}

module "monitoring" {
  source  = "../monitoring"
  project = var.project
  mail    = var.alarms_to
  watched = {
    api   = { host = var.hosts.api, path = "/v1/health", runbook = "cloud-outage" }
    keys  = { host = var.hosts.id, path = "/.well-known/jwks.json", runbook = "cloud-outage" }
    authz = { host = var.hosts.authz, path = "/.well-known/authzen-configuration", runbook = "cloud-outage" }

    sign-in-pages = { host = var.hosts.id, path = "/", runbook = "cloud-outage" }
    console-pages = { host = var.hosts.app, path = "/", runbook = "cloud-outage" }
  }
  logged     = local.logged_alarms
  timed      = local.timed_alarms
  measured   = local.measured_alarms
  silent     = local.silent_alarms
  depends_on = [module.services]
}

module "budget" {
  source          = "../budget"
  project         = var.project
  project_number  = var.project_number
  billing_account = var.billing_account
  monthly         = var.monthly_budget
  depends_on      = [module.services]
}
