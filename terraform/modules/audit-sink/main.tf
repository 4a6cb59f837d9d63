# The hash of each audit event, and what Google logs of access to data and keys, in a place that the project's own people cannot empty, and for analysis in BigQuery.

resource "google_logging_project_bucket_config" "this" {
  project        = var.archive_project
  location       = var.location
  bucket_id      = "latchkey-audit"
  retention_days = var.retention_days
  locked         = var.locked
  description    = "Audit events by hash, and access to data, keys and secrets."
}

resource "google_bigquery_dataset" "this" {
  project                    = var.archive_project
  dataset_id                 = "latchkey_audit"
  location                   = var.location
  description                = "Audit log lines and committed events, for analysis."
  delete_contents_on_destroy = false

  # What comes to stay beside the bucket goes when the bucket's lines go.
  default_partition_expiration_ms = local.kept_milliseconds
}

locals {
  kept_milliseconds = 86400000 * var.retention_days
  filter = join(" OR ", [
    "jsonPayload.message=\"audit event\"",
    "logName:\"cloudaudit.googleapis.com%2Fdata_access\"",
    "logName:\"cloudaudit.googleapis.com%2Factivity\"",
  ])
  sinks = {
    archive  = "logging.googleapis.com/${google_logging_project_bucket_config.this.id}"
    analysis = "bigquery.googleapis.com/${google_bigquery_dataset.this.id}"
  }
}

resource "google_logging_project_sink" "this" {
  for_each               = local.sinks
  project                = var.project
  name                   = "latchkey-audit-${each.key}"
  destination            = each.value
  filter                 = local.filter
  unique_writer_identity = true

  dynamic "bigquery_options" {
    for_each = each.key == "analysis" ? [1] : []
    content {
      use_partitioned_tables = true
    }
  }
}

resource "google_project_iam_member" "archive" {
  project = var.archive_project
  role    = "roles/logging.bucketWriter"
  member  = google_logging_project_sink.this["archive"].writer_identity
}

resource "google_bigquery_dataset_iam_member" "analysis" {
  project    = var.archive_project
  dataset_id = google_bigquery_dataset.this.dataset_id
  role       = "roles/bigquery.dataEditor"
  member     = google_logging_project_sink.this["analysis"].writer_identity
}

resource "google_project_iam_audit_config" "this" {
  for_each = toset(["cloudkms.googleapis.com", "datastore.googleapis.com", "secretmanager.googleapis.com", "storage.googleapis.com"])
  project  = var.project
  service  = each.key

  dynamic "audit_log_config" {
    for_each = each.key == "datastore.googleapis.com" ? ["DATA_WRITE", "ADMIN_READ"] : ["DATA_READ", "DATA_WRITE", "ADMIN_READ"]
    content {
      log_type = audit_log_config.value
    }
  }
}
