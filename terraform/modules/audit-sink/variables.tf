variable "project" {
  description = "Id of the Google Cloud project whose logs are kept."
  type        = string
}

variable "project_number" {
  description = "Its number: Pub/Sub writes by an account of its own that is called after it."
  type        = string

  validation {
    condition     = can(regex("^[0-9]+$", var.project_number))
    error_message = "The project's number."
  }
}

variable "archive_project" {
  description = "Id of the project that keeps them: another one, with other people."
  type        = string
}

variable "location" {
  description = "Where they lie: a region in which the topic may keep messages."
  type        = string
}

variable "events_topic" {
  description = "The topic of committed events: projects/…/topics/…"
  type        = string

  validation {
    condition     = can(regex("^projects/[^/]+/topics/[^/]+$", var.events_topic))
    error_message = "A topic, by its full name."
  }
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
