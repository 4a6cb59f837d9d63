# Committed events, for analysis: each message of the topic becomes a row. What cannot be written waits where somebody sees it.

locals {
  writer        = "serviceAccount:service-${var.project_number}@gcp-sa-pubsub.iam.gserviceaccount.com"
  events_table  = "${google_bigquery_table.events.project}.${google_bigquery_table.events.dataset_id}.${google_bigquery_table.events.table_id}"
  unwritten     = "projects/${google_pubsub_topic.unwritten.project}/topics/${google_pubsub_topic.unwritten.name}"
  week          = "604800s"
  event_columns = { subscription_name = "STRING", message_id = "STRING", publish_time = "TIMESTAMP", data = "JSON", attributes = "JSON" }
}

resource "google_bigquery_table" "events" {
  project                  = var.archive_project
  dataset_id               = google_bigquery_dataset.this.dataset_id
  table_id                 = "events"
  description              = "A row for each time that an event was published: count by data.event, since an event may come twice."
  deletion_protection      = true
  require_partition_filter = true
  schema                   = jsonencode([for name, type in local.event_columns : { name = name, type = type, mode = "NULLABLE" }])

  time_partitioning {
    type          = "DAY"
    field         = "publish_time"
    expiration_ms = local.kept_milliseconds
  }
}

resource "google_bigquery_table_iam_member" "events" {
  project    = var.archive_project
  dataset_id = google_bigquery_dataset.this.dataset_id
  table_id   = google_bigquery_table.events.table_id
  role       = "roles/bigquery.dataEditor"
  member     = local.writer
}

resource "google_pubsub_topic" "unwritten" {
  project                    = var.project
  name                       = "events-unwritten"
  message_retention_duration = local.week

  message_storage_policy {
    allowed_persistence_regions = [var.location]
  }
}

resource "google_pubsub_subscription" "unwritten" {
  project                    = var.project
  name                       = "events-unwritten"
  topic                      = local.unwritten
  message_retention_duration = local.week

  expiration_policy {
    ttl = ""
  }
}

resource "google_pubsub_topic_iam_member" "unwritten" {
  project = var.project
  topic   = google_pubsub_topic.unwritten.name
  role    = "roles/pubsub.publisher"
  member  = local.writer
}

resource "google_pubsub_subscription" "events" {
  project                    = var.project
  name                       = "events-to-bigquery"
  topic                      = var.events_topic
  message_retention_duration = local.week

  bigquery_config {
    table          = local.events_table
    write_metadata = true
  }

  dead_letter_policy {
    dead_letter_topic     = local.unwritten
    max_delivery_attempts = 10
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  expiration_policy {
    ttl = ""
  }

  depends_on = [google_bigquery_table_iam_member.events, google_pubsub_topic_iam_member.unwritten]
}

resource "google_pubsub_subscription_iam_member" "events" {
  project      = var.project
  subscription = google_pubsub_subscription.events.name
  role         = "roles/pubsub.subscriber"
  member       = local.writer
}
