# The table of deployed functions: why each is there, what its service account may do. A test compares it with the manifest.

locals {
  # A callable verifies people's tokens and decides; most change something.
  callables = {
    tenants       = "Callable: tenants, their status and place"
    members       = "Callable: people, invitations, service accounts"
    teams         = "Callable: teams"
    roles         = "Callable: roles, assignments, guardrails"
    resources     = "Callable: resources of customers' products"
    access        = "Callable: checks, explanations"
    apiKeys       = "Callable: API keys"
    signing       = "Callable: signing keys, in an emergency"
    jobs          = "Callable: background jobs, for operators"
    audit         = "Callable: the audit log"
    notifications = "Callable: notifications"
    webhooks      = "Callable: webhook endpoints"
  }

  functions = merge(
    { for name, why in local.callables : name => {
      why      = why
      may      = concat(["write_data", "read_people"], name == "webhooks" ? ["add_tasks"] : [])
      tasks_of = name == "webhooks" ? ["attemptWebhooks"] : []
    } },
    {
      api   = { why = "HTTP: operations for API keys and tokens, exports, reports of leaks", may = ["write_data", "read_people", "add_tasks"], tasks_of = ["attemptWebhooks"] }
      authz = { why = "HTTP: verification, AuthZEN, facts and the change feed for services", may = ["write_data", "read_people"], tasks_of = [] }
      oauth = { why = "HTTP: public keys and metadata", may = ["read_data"], tasks_of = [] }

      sweepExpired      = { why = "Schedule: removes what is over", may = ["write_data"], tasks_of = [] }
      reconcile         = { why = "Schedule: compares sources with projections, and repairs", may = ["write_data", "shut_people", "add_tasks"], tasks_of = ["attemptWebhooks"] }
      sealAudit         = { why = "Schedule: seals the audit log", may = ["write_data"], tasks_of = [] }
      rotateSigningKeys = { why = "Schedule: makes, publishes and retires signing keys", may = ["write_data"], tasks_of = [] }
      rotateSecrets     = { why = "Schedule: adds and destroys versions of secrets", may = ["write_data"], tasks_of = [] }
      remindExpiring    = { why = "Schedule: reminds of what ends", may = ["write_data"], tasks_of = [] }
      sendDigests       = { why = "Schedule: mails digests", may = ["write_data", "read_people"], tasks_of = [] }

      onAssignmentWritten  = { why = "Trigger: keeps grants in step with assignments", may = ["write_data", "hear_events"], tasks_of = [] }
      onOutboxCreated      = { why = "Trigger: hands events on", may = ["write_data", "hear_events"], tasks_of = [] }
      runJob               = { why = "Subscriber: runs a job that an operator asked for", may = ["write_data", "shut_people", "hear_events", "add_tasks"], tasks_of = ["attemptWebhooks"] }
      runOperation         = { why = "Subscriber: carries long operations on", may = ["write_data", "hear_events"], tasks_of = [] }
      deliverNotifications = { why = "Subscriber: tells people", may = ["write_data", "read_people", "hear_events"], tasks_of = [] }
      deliverWebhooks      = { why = "Subscriber: queues webhook deliveries", may = ["write_data", "hear_events", "add_tasks"], tasks_of = ["attemptWebhooks"] }
      attemptWebhooks      = { why = "Queue: calls customers' endpoints", may = ["write_data", "add_tasks"], tasks_of = ["attemptWebhooks"] }
    },
  )

  member = module.functions.members

  # Verification can neither sign nor open anything. Whoever makes or renews signing keys also looks whether they open; whoever calls customers' endpoints
  # opens those endpoints' secrets and nothing else. The rotator alone makes and destroys versions. `api` answers for `signing/*`, `audit/*` and `webhooks/*` over `/v1/ops`. Only `sealAudit` seals.
  signers = ["rotateSigningKeys", "signing", "api"]
  key_uses = {
    wrap_keys     = { for name in local.signers : name => local.member[name] }
    open_keys     = { for name in local.signers : name => local.member[name] }
    wrap_webhooks = { for name in ["webhooks", "api"] : name => local.member[name] }
    open_webhooks = { attemptWebhooks = local.member["attemptWebhooks"] }
    sign          = { sealAudit = local.member["sealAudit"] }
    publish       = { for name in ["sealAudit", "audit", "api"] : name => local.member[name] }
    keep          = { rotateSigningKeys = local.member["rotateSigningKeys"] }
    look          = { for name in ["reconcile", "runJob", "sealAudit", "audit", "api"] : name => local.member[name] }
  }

  # What form tokens, cursors and nonces are authenticated with: `hmacPurposes` in the code, compared by a test. `rotateSecrets` renews them each month;
  # the yearly reminder asks people whether it does. Nobody reads them yet: whoever comes to do so gets `read` here.
  hmac_purposes = ["form-token", "page-cursor", "dpop-nonce"]
  secrets = merge(
    {
      latchkey-smtp = {
        rotation_days = 180
        next_rotation = var.first_rotation
        read          = { for name in ["deliverNotifications", "sendDigests"] : name => local.member[name] }
        write         = {}
      }
    },
    { for purpose in local.hmac_purposes : "latchkey-hmac-${purpose}" => {
      rotation_days = 365
      next_rotation = var.first_rotation
      read          = {}
      write         = { rotateSecrets = local.member["rotateSecrets"] }
    } },
  )

  topics = {
    events = {
      publishers  = { for name in ["onOutboxCreated", "reconcile", "runJob", "jobs", "api"] : name => local.member[name] }
      subscribers = ["deliverNotifications", "deliverWebhooks"]
    }
    jobs = {
      publishers  = { for name in ["jobs", "api"] : name => local.member[name] }
      subscribers = ["runJob"]
    }
    operations = {
      publishers  = { for name in ["tenants", "api", "sweepExpired", "runJob", "jobs"] : name => local.member[name] }
      subscribers = ["runOperation"]
    }
  }
}
