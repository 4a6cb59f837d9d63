output "topics" {
  description = "The topics that are there, with the functions that hear them."
  value       = { for name, one in var.topics : name => one.subscribers }
}
