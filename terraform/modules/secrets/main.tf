# Secrets, without their values: those are added by whoever has them, and never pass through Terraform's state.

resource "google_pubsub_topic" "rotation" {
  project = var.project
  name    = "secret-rotation"

  message_storage_policy {
    allowed_persistence_regions = var.regions
  }
}

resource "google_pubsub_subscription" "rotation" {
  project                    = var.project
  name                       = "secret-rotation"
  topic                      = google_pubsub_topic.rotation.id
  message_retention_duration = "604800s"

  expiration_policy {
    ttl = ""
  }
}

resource "google_pubsub_topic_iam_member" "rotation" {
  project = var.project
  topic   = google_pubsub_topic.rotation.name
  role    = "roles/pubsub.publisher"
  member  = "serviceAccount:service-${var.project_number}@gcp-sa-secretmanager.iam.gserviceaccount.com"
}

resource "google_secret_manager_secret" "this" {
  for_each            = var.secrets
  project             = var.project
  secret_id           = each.key
  deletion_protection = true

  replication {
    user_managed {
      dynamic "replicas" {
        for_each = var.regions
        content {
          location = replicas.value
        }
      }
    }
  }

  topics {
    name = google_pubsub_topic.rotation.id
  }

  rotation {
    rotation_period    = "${each.value.rotation_days * 86400}s"
    next_rotation_time = each.value.next_rotation
  }

  lifecycle {
    prevent_destroy = true
    ignore_changes  = [rotation[0].next_rotation_time]
  }

  depends_on = [google_pubsub_topic_iam_member.rotation]
}

locals {
  roles = {
    read  = "roles/secretmanager.secretAccessor"
    look  = "roles/secretmanager.viewer"
    write = "roles/secretmanager.secretVersionManager"
  }
  grants = merge(flatten([
    for secret, described in var.secrets : [
      for use, members in { read = described.read, look = merge(described.read, described.write), write = described.write } : {
        for name, member in members : "${secret} ${use} ${name}" => { secret = secret, use = use, member = member }
      }
    ]
  ])...)
}

resource "google_secret_manager_secret_iam_member" "this" {
  for_each  = local.grants
  project   = var.project
  secret_id = google_secret_manager_secret.this[each.value.secret].secret_id
  role      = local.roles[each.value.use]
  member    = each.value.member
}
