variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "location" {
  description = "Where the database lies, for good: a region, or a multi-region such as nam5."
  type        = string

  validation {
    condition     = can(regex("^(nam5|eur3|[a-z]+-[a-z]+[0-9])$", var.location))
    error_message = "A region such as us-central1, or nam5 or eur3."
  }
}

variable "backups" {
  description = "Backup schedules by name: every day without `weekday` (at most one), every week with it (at most one). Kept for 1 to 98 days."
  type = map(object({
    keep_days = number
    weekday   = optional(string)
  }))
  default = {
    daily  = { keep_days = 7 }
    weekly = { keep_days = 98, weekday = "SUNDAY" }
  }

  validation {
    condition     = alltrue([for one in var.backups : one.keep_days >= 1 && one.keep_days <= 98])
    error_message = "Firestore keeps a backup for 1 to 98 days."
  }

  validation {
    condition     = length([for one in var.backups : one if one.weekday == null]) == 1
    error_message = "There must be one daily backup."
  }
}
