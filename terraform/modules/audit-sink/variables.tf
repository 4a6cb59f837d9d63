variable "project" {
  description = "Id of the Google Cloud project whose logs are kept."
  type        = string
}

variable "archive_project" {
  description = "Id of the project that keeps them: another one, with other people."
  type        = string
}

variable "location" {
  description = "Where they lie."
  type        = string
}

variable "retention_days" {
  description = "How long log lines stay."
  type        = number
  default     = 2557

  validation {
    condition     = var.retention_days >= 365 && var.retention_days <= 3650
    error_message = "One year to ten."
  }
}

variable "locked" {
  description = "Whether the retention can never be shortened again."
  type        = bool
}
