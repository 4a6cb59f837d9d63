# One service account for each deployed function, with exactly its roles. No keys: functions run as their account, and nobody else may.

resource "google_service_account" "this" {
  for_each     = var.functions
  project      = var.project
  account_id   = "fn-${lower(replace(each.key, "/([A-Z])/", "-$1"))}"
  display_name = "Latchkey function ${each.key}"
  description  = each.value.why
}

# `taskQueue().enqueue` looks up where its function is served.
resource "google_project_iam_custom_role" "function_finder" {
  project     = var.project
  role_id     = "latchkeyFunctionFinder"
  title       = "Latchkey: finds a function"
  description = "Reads where a function is served."
  permissions = ["cloudfunctions.functions.get"]
}

# What shutting people out and letting them in again takes; `roles/firebaseauth.admin` could also delete them and read their passwords' hashes.
resource "google_project_iam_custom_role" "people_shutter" {
  project     = var.project
  role_id     = "latchkeyPeopleShutter"
  title       = "Latchkey: shuts people out"
  description = "Reads accounts of people, and disables and enables them."
  permissions = ["firebaseauth.users.get", "firebaseauth.users.update"]
}

locals {
  # As the account's own attribute will say, but known while planning, so that a plan can be judged.
  emails = { for name, one in google_service_account.this : name => "${one.account_id}@${var.project}.iam.gserviceaccount.com" }

  roles = {
    read_data   = "roles/datastore.viewer"
    write_data  = "roles/datastore.user"
    read_people = "roles/firebaseauth.viewer"
    shut_people = "projects/${var.project}/roles/${google_project_iam_custom_role.people_shutter.role_id}"
    hear_events = "roles/eventarc.eventReceiver"
    add_tasks   = "roles/cloudtasks.enqueuer"
    be_invoked  = "roles/run.invoker"
    find_tasks  = "projects/${var.project}/roles/${google_project_iam_custom_role.function_finder.role_id}"
    write_logs  = "roles/logging.logWriter"
  }
  queue_owners = toset(flatten([for one in var.functions : one.tasks_of]))

  # Events and tasks come as calls with a token of the function's own account, which the firebase CLI lets in for schedules alone. The services are the
  # CLI's, so it is given in the whole project. Its reach: such an account can call every service, callables and HTTP functions among them, which anybody
  # can call anyway and which believe no such token, and the other background functions, which take from an event what to look at and recompute it.
  uses = {
    for name, described in var.functions : name => concat(
      described.may, ["write_logs"],
      contains(described.may, "add_tasks") ? ["find_tasks"] : [],
      contains(described.may, "hear_events") || contains(local.queue_owners, name) ? ["be_invoked"] : [],
    )
  }
  grants = merge([for name, uses in local.uses : { for use in uses : "${name} ${use}" => { name = name, use = use } }]...)
  queues = merge([
    for name, described in var.functions : { for queue in described.tasks_of : "${name} ${queue}" => { name = name, queue = queue } }
  ]...)
}

resource "google_project_iam_member" "this" {
  for_each = local.grants
  project  = var.project
  role     = local.roles[each.value.use]
  member   = "serviceAccount:${local.emails[each.value.name]}"
}

# A task carries a token of the function that it is for: whoever adds tasks to that queue, and nobody else, may have it made.
resource "google_service_account_iam_member" "queue" {
  for_each           = local.queues
  service_account_id = "projects/${var.project}/serviceAccounts/${local.emails[each.value.queue]}"
  role               = "roles/iam.serviceAccountUser"
  member             = "serviceAccount:${local.emails[each.value.name]}"
}
