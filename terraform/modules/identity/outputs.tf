output "web_key" {
  description = "Id of the browser key; its text is no secret, but it is not printed either."
  value       = google_apikeys_key.web.uid
}
