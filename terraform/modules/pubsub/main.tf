# The topics that functions publish to. Their subscribers are functions, which the firebase CLI deploys.

resource "google_pubsub_topic" "this" {
  for_each                   = var.topics
  project                    = var.project
  name                       = each.key
  message_retention_duration = "604800s"

  message_storage_policy {
    allowed_persistence_regions = var.regions
  }
}

resource "google_pubsub_topic_iam_member" "this" {
  for_each = merge([
    for topic, described in var.topics : { for name, member in described.publishers : "${topic} ${name}" => { topic = topic, member = member } }
  ]...)
  project = var.project
  topic   = google_pubsub_topic.this[each.value.topic].name
  role    = "roles/pubsub.publisher"
  member  = each.value.member
}
