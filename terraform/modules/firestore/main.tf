# The database. Its rules and indexes belong to the firebase CLI.

resource "google_firestore_database" "this" {
  project                           = var.project
  name                              = "(default)"
  location_id                       = var.location
  type                              = "FIRESTORE_NATIVE"
  concurrency_mode                  = "OPTIMISTIC"
  app_engine_integration_mode       = "DISABLED"
  point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_ENABLED"
  delete_protection_state           = "DELETE_PROTECTION_ENABLED"
  deletion_policy                   = "ABANDON"

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_firestore_backup_schedule" "this" {
  for_each  = var.backups
  project   = var.project
  database  = google_firestore_database.this.name
  retention = "${each.value.keep_days * 86400}s"

  dynamic "daily_recurrence" {
    for_each = each.value.weekday == null ? [1] : []
    content {}
  }

  dynamic "weekly_recurrence" {
    for_each = each.value.weekday == null ? [] : [each.value.weekday]
    content {
      day = weekly_recurrence.value
    }
  }
}
