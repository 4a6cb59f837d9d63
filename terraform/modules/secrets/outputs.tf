output "names" {
  description = "The secrets that are there."
  value       = keys(google_secret_manager_secret.this)
}
