output "ids" {
  description = "Full names of the topics, by name."
  value       = { for name, topic in google_pubsub_topic.this : name => "projects/${topic.project}/topics/${topic.name}" }
}

output "topics" {
  description = "The topics that are there, with the functions that hear them."
  value       = { for name, one in var.topics : name => one.subscribers }
}
