output "ready" {
  description = "Known once the APIs are on: whatever needs them takes it."
  value       = [for one in google_project_service.this : one.service]
}
