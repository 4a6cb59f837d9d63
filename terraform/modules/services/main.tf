# The APIs of the project, switched on and never off with a destroy: other things may stand on them by then.

locals {
  apis = toset([
    "apikeys", "artifactregistry", "bigquery", "billingbudgets", "cloudbuild", "cloudfunctions", "cloudkms",
    "cloudresourcemanager", "cloudscheduler", "cloudtasks", "compute", "eventarc", "firebase", "firebaseappcheck", "firebasehosting", "firebaserules", "firestore",
    "iam", "iamcredentials", "identitytoolkit", "logging", "monitoring", "pubsub", "recaptchaenterprise", "run",
    "secretmanager", "storage",
  ])
}

resource "google_project_service" "this" {
  for_each           = local.apis
  project            = var.project
  service            = "${each.key}.googleapis.com"
  disable_on_destroy = false
}
