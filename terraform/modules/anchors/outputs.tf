output "bucket" {
  description = "`LK_ANCHOR_BUCKET` of the functions."
  value       = google_storage_bucket.this.name
}
